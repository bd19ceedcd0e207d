"""A Jupyter server extension: a notebook that is opened without its kernel shows its still pictures.

JupyterLab prefers a widget's live view to the picture stored beside it, also where its kernel has gone, and
then says "model not found". So, while no kernel runs for a notebook, the server leaves its views out. The file
stays as it is. Apart from `helpers`, since importing those takes a server seconds.
"""

from inspect import iscoroutinefunction

VIEW = "application/vnd.jupyter.widget-view+json"


def without_views(notebook: dict) -> dict:
    """The notebook with what is stored beside its views alone, unless it has their state as well."""
    if "widgets" not in notebook["metadata"]:
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                output.get("data", {}).pop(VIEW, None)
    return notebook


def _load_jupyter_server_extension(server):
    """Let the server's contents come without views that have no kernel."""
    contents = server.contents_manager
    get = contents.get

    async def get_to_be_shown(path, *args, **kwargs):
        model = await get(path, *args, **kwargs)
        if model["type"] == "notebook" and model["content"]:
            running = [session["path"] for session in await server.session_manager.list_sessions()]
            if path.strip("/") not in running:
                without_views(model["content"])
        return model

    if iscoroutinefunction(get):  # a hub's own contents may have none
        contents.get = get_to_be_shown
