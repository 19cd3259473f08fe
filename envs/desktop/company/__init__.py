"""The company whose office software is mocked: one log of events, of which every app shows a part."""
