"""A Jupyter server extension: a notebook that is opened without its kernel shows its still pictures.

JupyterLab prefers a widget's live view to the picture stored beside it, also where its kernel has gone, and
then says "model not found". So the server leaves the views of a notebook out, unless a kernel runs for it that
began before the notebook was saved. The file stays as it is. Apart from `helpers`, since importing those takes
a server seconds.
"""

from inspect import iscoroutinefunction
from math import inf

import psutil

VIEW = "application/vnd.jupyter.widget-view+json"


def without_views(notebook: dict) -> dict:
    """The notebook with what is stored beside its views alone, unless it has their state as well."""
    if "widgets" not in notebook["metadata"]:
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                output.get("data", {}).pop(VIEW, None)
    return notebook


def began(server, session) -> float:
    """When the process of a session's kernel began, in seconds since 1970; 0 where it is not of this machine."""
    kernel = server.kernel_manager.get_kernel(session["kernel"]["id"])
    number = getattr(getattr(kernel, "provisioner", None), "pid", None)
    try:
        return psutil.Process(number).create_time() if number else 0
    except psutil.NoSuchProcess:  # it is just being started anew
        return inf


def _load_jupyter_server_extension(server):
    """Let the server's contents come without views that have no kernel."""
    contents = server.contents_manager
    get = contents.get

    async def get_to_be_shown(path, *args, **kwargs):
        model = await get(path, *args, **kwargs)
        if model["type"] == "notebook" and model["content"]:
            saved = model["last_modified"].timestamp()
            sessions = await server.session_manager.list_sessions()
            here = [session for session in sessions if session["path"] == path.strip("/")]
            if not any(began(server, session) < saved for session in here):
                without_views(model["content"])
        return model

    if iscoroutinefunction(get):  # a hub's own contents may have none
        contents.get = get_to_be_shown
