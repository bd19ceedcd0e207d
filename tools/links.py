"""Write the addresses of the published repository, or take them out; pyproject.toml alone holds them.

python tools/links.py OWNER/NAME      into pyproject.toml and README.md
python tools/links.py                 out of both
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST = "01_learning_rate_and_gradient_descent"
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
    lab = f"lab/tree/{name}/notebooks/{notebook}.ipynb"
    colab = f"https://colab.research.google.com/github/{repository}/blob/colab/{notebook}.ipynb"
    return {
        "Repository": here,
        "Tests": f"{here}/actions/workflows/test.yml",
        "Site": f"https://{owner}.github.io/{name}/",
        "Colab": colab,
        "Binder": f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/notebooks",
        "JupyterHub": "https://nbgitpuller.readthedocs.io/en/latest/link.html"
        f"?repo={here}&branch=main&urlpath={lab}",
    }


def repository_of(pyproject: str) -> str | None:
    """The OWNER/NAME that the text of a pyproject.toml names; None if it names none."""
    address = tomllib.loads(pyproject)["project"].get("urls", {}).get("Repository")
    return address and "/".join(address.split("/")[-2:])


def with_links(pyproject: str, readme: str, repository: str | None) -> tuple[str, str]:
    """Both texts with the addresses of this repository, and with no others."""
    to = links(repository)
    lines = "".join(f'{name} = "{address}"\n' for name, address in to.items())
    pyproject = URLS.sub("", pyproject)
    if to:
        table = f"[project.urls]\n{lines}\n"
        pyproject = pyproject.replace("[build-system]\n", f"{table}[build-system]\n", 1)
    return pyproject, BLOCK.sub(lambda found: found[1] + badges(to) + found[2], readme)


def badges(to: dict[str, str]) -> str:
    """What the README shows of these addresses."""
    if not to:
        return ""
    return f"""[![Tests]({to["Tests"]}/badge.svg)]({to["Tests"]})
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({to["Colab"]})
[![Open in Binder](https://mybinder.org/badge_logo.svg)]({to["Binder"]})

Nothing to install: [pages with sliders that move]({to["Site"]}), the notebooks in [Colab]({to["Colab"]})
or [Binder]({to["Binder"]}), or, for a class, [a link that brings them to your JupyterHub]({to["JupyterHub"]}).
The helpers alone: `pip install git+{to["Repository"]}`.
"""


if __name__ == "__main__":
    paths = [ROOT / "pyproject.toml", ROOT / "README.md"]
    texts = [path.read_text("utf-8") for path in paths]
    repository = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        new = with_links(*texts, repository)
    except ValueError as error:
        sys.exit(f"No link was written: {error}. Call make links REPOSITORY=owner/name.")
    for path, text, before in zip(paths, new, texts, strict=True):
        if text != before:
            path.write_text(text, "utf-8", newline="\n")
