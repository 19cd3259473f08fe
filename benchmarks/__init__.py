"""The main job: agents beside reference scores; the report, the throughput benchmark, episodes in a terminal."""
