"""Write the addresses of the published repository, or take them out; pyproject.toml alone holds them.

python tools/links.py OWNER/NAME      into pyproject.toml, README.md and hub/README.md
python tools/links.py                 out of all three
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST = "01_learning_rate_and_gradient_descent"
NAMES = ("pyproject.toml", "README.md", "hub/README.md")
VERSION = "v" + tomllib.loads((ROOT / NAMES[0]).read_text("utf-8"))["project"]["version"]
URLS = re.compile(r"\[project\.urls\]\n(?:.+\n)*\n")
BLOCK = re.compile(r"(<!-- make links -->\n).*?(<!-- end of links -->\n)", re.DOTALL)


def links(repository: str | None, notebook: str = FIRST) -> dict[str, str]:
    """Every address of a repository at GitHub, by its name; none without a repository.

    Colab opens the copy of a notebook that carries its helpers; .github/workflows/site.yml puts
    these copies on the branch colab.
    """
    if not repository:
        return {}
    if not re.fullmatch(r"[\w-]+/[\w.-]+", repository, re.ASCII):
        raise ValueError(f"a repository is OWNER/NAME, not {repository}")
    owner, name = repository.split("/")
    here = f"https://github.com/{repository}"
    colab = f"https://colab.research.google.com/github/{repository}/blob/colab/{notebook}.ipynb"
    return {
        "Repository": here,
        "Tests": f"{here}/actions/workflows/test.yml",
        "Site": f"https://{owner}.github.io/{name}/",
        "Colab": colab,
        "Binder": f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/notebooks",
        "JupyterHub": f"{here}/blob/main/hub/README.md",
    }


def pull(address: str, notebook: str = FIRST) -> str:
    """The path, on every hub, that brings the notebooks of this version into a student's home, and opens one.

    A branch of each version, which .github/workflows/class.yml publishes for its tag: of a tag itself nbgitpuller
    makes a copy at the first click, and fails at the second. And a folder of each version: new notebooks come with
    a new link, when the hub has their helpers, and beside the work that was done in the old ones.
    """
    folder = f"learning-rate-{VERSION}"
    where = f"branch=class-{VERSION}&targetPath={folder}&urlpath=lab/tree/{folder}/{notebook}.ipynb"
    return f"/hub/user-redirect/git-pull?repo={address}&{where}"


def repository_of(pyproject: str) -> str | None:
    """The OWNER/NAME that the text of a pyproject.toml names; None if it names none."""
    address = tomllib.loads(pyproject)["project"].get("urls", {}).get("Repository")
    return address and "/".join(address.split("/")[-2:])


def with_links(pyproject: str, readme: str, page: str, repository: str | None) -> tuple[str, ...]:
    """The three texts with the addresses of this repository, and with no others."""
    to = links(repository)
    lines = "".join(f'{name} = "{address}"\n' for name, address in to.items())
    pyproject = URLS.sub("", pyproject)
    if to:
        table = f"[project.urls]\n{lines}\n"
        pyproject = pyproject.replace("[build-system]\n", f"{table}[build-system]\n", 1)
    blocks = (readme, badges(to)), (page, for_a_hub(to.get("Repository", "ADDRESS")))
    written = (BLOCK.sub(lambda f, new=new: f[1] + new + f[2], text) for text, new in blocks)
    return pyproject, *written


def badges(to: dict[str, str]) -> str:
    """What the README shows of these addresses."""
    if not to:
        return ""
    return f"""[![Tests]({to["Tests"]}/badge.svg)]({to["Tests"]})
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({to["Colab"]})
[![Open in Binder](https://mybinder.org/badge_logo.svg)]({to["Binder"]})

Nothing to install: [pages with sliders that move]({to["Site"]}), the notebooks in [Colab]({to["Colab"]})
or [Binder]({to["Binder"]}), or, for a class, [your JupyterHub]({to["JupyterHub"]}).
The helpers alone: `pip install git+{to["Repository"]}`.
"""


def for_a_hub(address: str) -> str:
    """What the page about hubs begins with: this version at this address."""
    return f"""```
ADDRESS={address}
TAG={VERSION}
https://YOUR.HUB{pull(address)}
```
"""


if __name__ == "__main__":
    paths = [ROOT / name for name in NAMES]
    texts = [path.read_text("utf-8") for path in paths]
    repository = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        new = with_links(*texts, repository)
    except ValueError as error:
        sys.exit(f"No link was written: {error}. Call make links REPOSITORY=owner/name.")
    for path, text, before in zip(paths, new, texts, strict=True):
        if text != before:
            path.write_text(text, "utf-8", newline="\n")
