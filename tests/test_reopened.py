"""Which views of widgets the server leaves out; what a browser then shows, the browser tests see."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import reopened

import psutil
import pytest

HERE = os.getpid()
BEGAN = psutil.Process(HERE).create_time()

STILL = {"text/plain": "Explorer of momentum", "image/png": "…"}
VIEW = {reopened.VIEW: {"model_id": "1"}}


def notebook(**metadata):
    outputs = [{"data": {**STILL, **VIEW}}, {"name": "stdout", "text": "1"}]
    cells = [{"outputs": outputs}, {"source": "prose"}]
    return {"metadata": metadata, "cells": cells}


def got(content, kind="notebook", path="a/one.ipynb", running=(), saved=None, process=HERE):
    """What a server with these notebooks running, in this process, hands out; `saved` in seconds since 1970."""
    saved = datetime.now(UTC) if saved is None else datetime.fromtimestamp(saved, UTC)

    async def get(path, content=True):
        return {"type": kind, "content": stored if content else None, "last_modified": saved}

    async def list_sessions():
        return [{"path": path, "kernel": {"id": path}} for path in running]

    stored = content
    kernel = SimpleNamespace(provisioner=SimpleNamespace(pid=process))
    server = SimpleNamespace(
        contents_manager=SimpleNamespace(get=get),
        session_manager=SimpleNamespace(list_sessions=list_sessions),
        kernel_manager=SimpleNamespace(get_kernel=dict.fromkeys(running, kernel).get),
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


def test_views_saved_before_the_kernel_began_are_left_out():
    assert data(got(notebook(), running=["a/one.ipynb"], saved=BEGAN - 1)) == STILL
    assert data(got(notebook(), running=["a/one.ipynb"], saved=BEGAN + 1)) == {**STILL, **VIEW}


def test_a_kernel_that_is_gone_has_no_views_and_one_elsewhere_keeps_them():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert data(got(notebook(), running=["a/one.ipynb"], process=ended.pid)) == STILL
    elsewhere = got(notebook(), running=["a/one.ipynb"], saved=1, process=None)
    assert data(elsewhere) == {**STILL, **VIEW}


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
