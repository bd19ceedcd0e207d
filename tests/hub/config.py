"""A hub on one machine that follows hub/values.yaml as far as it can; HUB_ROOM is where it keeps everything."""

import json
import os
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ROOM = Path(os.environ["HUB_ROOM"])
PORT = int(os.environ["HUB_PORT"])
VALUES = yaml.safe_load((ROOT / "hub/values.yaml").read_text("utf-8"))
STUDENT = VALUES["singleuser"]
BIN = Path(sys.prefix, "bin")

file = STUDENT["extraFiles"]["kernels"]
kernels = file["data"]
if "HUB_CULL" in os.environ:  # the same in seconds, else the test would take half an hour
    times = {"cull_idle_timeout": int(os.environ["HUB_CULL"]), "cull_interval": 2}
    kernels["MappingKernelManager"].update(times)
(ROOM / Path(file["mountPath"]).name).write_text(json.dumps(kernels))

# Of a folder that is another user's git asks for this; of an address it does not.
(ROOM / "gitconfig").write_text("[safe]\n    directory = *\n")

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
proxy = Path(sys.prefix, "node_modules/.bin/configurable-http-proxy")
c.ConfigurableHTTPProxy.command = [str(proxy)]
c.ConfigurableHTTPProxy.pid_file = str(ROOM / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{ROOM}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(ROOM / "cookie_secret")
c.JupyterHub.shutdown_on_logout = True  # a night without waiting for the culler

for part, values in VALUES["hub"]["config"].items():
    c[part].update(values)
c.FirstUseAuthenticator.dbm_path = str(ROOM / "passwords.dbm")

c.JupyterHub.spawner_class = "localprocess" if os.geteuid() == 0 else "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(ROOM / "homes" / "{username}")
c.Spawner.cmd = [str(BIN / STUDENT["cmd"])]
c.Spawner.args = ["--LabApp.expose_app_in_browser=True", f"--LabApp.app_settings_dir={ROOM}"]
c.Spawner.default_url = STUDENT["defaultUrl"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
c.Spawner.environment = STUDENT["extraEnv"] | {
    "PATH": f"{BIN}:{os.environ['PATH']}",
    "JUPYTER_CONFIG_PATH": str(ROOM),
    "GIT_CONFIG_GLOBAL": str(ROOM / "gitconfig"),
}
