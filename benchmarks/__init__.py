"""The main job: agents beside reference scores, with the report, the throughput benchmark, and episodes in a terminal."""
