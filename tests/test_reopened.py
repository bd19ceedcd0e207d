"""Which views of widgets the server leaves out; what a browser then shows, the browser tests see."""

import asyncio
from types import SimpleNamespace

import reopened

import pytest

STILL = {"text/plain": "Explorer of momentum", "image/png": "…"}
VIEW = {reopened.VIEW: {"model_id": "1"}}


def notebook(**metadata):
    outputs = [{"data": {**STILL, **VIEW}}, {"name": "stdout", "text": "1"}]
    cells = [{"outputs": outputs}, {"source": "prose"}]
    return {"metadata": metadata, "cells": cells}


def got(content, kind="notebook", path="a/one.ipynb", running=()):
    """What a server with these notebooks running hands out."""

    async def get(path, content=True):
        return {"type": kind, "content": stored if content else None}

    async def list_sessions():
        return [{"path": path} for path in running]

    stored = content
    server = SimpleNamespace(
        contents_manager=SimpleNamespace(get=get),
        session_manager=SimpleNamespace(list_sessions=list_sessions),
    )
    reopened._load_jupyter_server_extension(server)
    return asyncio.run(server.contents_manager.get(path))["content"]


def data(content):
    return content["cells"][0]["outputs"][0]["data"]


@pytest.mark.parametrize("running", [(), ("b/one.ipynb", "two.ipynb")])
def test_views_without_a_kernel_are_left_out(running):
    assert data(got(notebook(), running=running)) == STILL


@pytest.mark.parametrize("path", ["a/one.ipynb", "/a/one.ipynb"])
def test_views_of_a_kernel_that_runs_stay(path):
    assert data(got(notebook(), path=path, running=["a/one.ipynb"])) == {**STILL, **VIEW}


def test_views_whose_state_is_stored_stay():
    assert data(got(notebook(widgets={"state": {}}))) == {**STILL, **VIEW}


def test_other_files_stay():
    assert got("text", kind="file") == "text"
    assert got(None) is None


def test_contents_that_are_not_asynchronous_are_left_alone():
    def get(path):
        return path

    server = SimpleNamespace(contents_manager=SimpleNamespace(get=get))
    reopened._load_jupyter_server_extension(server)
    assert server.contents_manager.get is get
