"""For The Littlest JupyterHub: every server gets the variables that values.yaml gives a pod, which says why."""

c.Spawner.environment = {  # noqa: F821
    "MALLOC_ARENA_MAX": "2",
    "LOKY_MAX_CPU_COUNT": "2",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
}
