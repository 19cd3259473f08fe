"""The distribution: what is listed, what is built, and that the checkout's folders never become top-level modules."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest

import infogap

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # comes with pytest on 3.10

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = PROJECT["project"]["version"]
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]

NO_PACKAGES = {"tests", "tools", "docs", "build", "dist"}
ROOT_MODULES = {"__init__.py", "cli.py"}
SHIPPED_DATA = (
    "py.typed",
    "envs/desktop/data/*.csv",
    "envs/inquiry/data/*.world",
    "benchmarks/templates/*",
    "benchmarks/data/*",
    "baselines/data/*",
    "baselines/data/desktop/*",
)


def package_folders() -> set[PurePosixPath]:
    """Folders of the checkout that hold an __init__.py, relative to the root, the root itself included."""
    found = {PurePosixPath(path.parent.relative_to(ROOT).as_posix()) for path in ROOT.rglob("__init__.py")}
    return {folder for folder in found if not folder.parts or belongs_to_us(folder.parts)}


def belongs_to_us(parts: tuple[str, ...]) -> bool:
    """Whether a folder is the project's: no dot folder, no build output, no virtual environment."""
    if any(part.startswith(".") for part in parts) or parts[0] in NO_PACKAGES:
        return False
    return not (ROOT / parts[0] / "pyvenv.cfg").exists()


def tracked_files() -> list[PurePosixPath]:
    """Files under version control, relative to the root."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout: what is built is what is tracked")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    names = (PurePosixPath(name) for name in listing.decode().split("\0") if name)
    return [name for name in names if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str], str]:
    """Names in the sdist (without its top folder), names in the wheel built from that sdist, its entry points."""
    pytest.importorskip("build")
    pytest.importorskip("setuptools")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in tracked_files():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    run = subprocess.run(command, cwd=out, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    with tarfile.open(out / f"infogap-{VERSION}.tar.gz") as archive:
        sdist = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(out / f"infogap-{VERSION}-py3-none-any.whl") as wheel:
        entry_points = wheel.read(f"infogap-{VERSION}.dist-info/entry_points.txt").decode()
        return sdist, set(wheel.namelist()), entry_points


def test_every_package_folder_is_listed():
    folders = {".".join(("infogap", *folder.parts)) for folder in package_folders()}
    assert len(PACKAGES) == len(set(PACKAGES))
    assert set(PACKAGES) == folders


def test_root_and_tests_hold_no_stray_modules():
    # Every root-level *.py would be shipped as infogap/<file>; tests/__init__.py would rename the test modules.
    assert {path.name for path in ROOT.glob("*.py")} == ROOT_MODULES
    assert not (ROOT / "tests" / "__init__.py").exists()


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert infogap.__version__ == VERSION
    assert f"version: {VERSION}" in citation


def test_wheel_holds_the_packages_and_their_data_only(built):
    _, wheel, entry_points = built
    folders = package_folders()
    modules = {name for name in tracked_files() if name.suffix == ".py" and name.parent in folders}
    data = {name for name in tracked_files() if any(fnmatch(str(name), pattern) for pattern in SHIPPED_DATA)}
    for pattern in SHIPPED_DATA:
        assert any(fnmatch(str(name), pattern) for name in data), f"nothing matches {pattern}"
    metadata = {name for name in wheel if name.startswith(f"infogap-{VERSION}.dist-info/")}
    assert wheel - metadata == {f"infogap/{name}" for name in modules | data}
    for licence in ("LICENSE", "DATA_LICENSES.md"):
        assert f"infogap-{VERSION}.dist-info/licenses/{licence}" in metadata
    assert "infogap = infogap.cli:main" in entry_points.splitlines()


def test_sdist_holds_tests_benchmarks_and_documents(built):
    sdist, _, _ = built
    expected = {str(name) for name in tracked_files() if not name.parts[0].startswith(".")}
    assert {"tests/conftest.py", "CHANGELOG.md"} <= expected
    assert expected <= sdist


def test_importing_infogap_leaves_no_top_level_twins(tmp_path):
    # A second identity of a module (`envs` beside `infogap.envs`) registers environments twice and breaks pickles.
    names = sorted({name.split(".")[1] for name in PACKAGES if "." in name})
    imports = "; ".join(f"import {name}" for name in PACKAGES)
    code = f"import sys; {imports}; print(*sorted(set({names!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []


def test_the_environment_in_contributing_works(tmp_path):
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example = guide.partition("```python\n")[2].partition("```")[0]
    checks = """
from gymnasium.utils.env_checker import check_env
check_env(env.unwrapped)
env.reset(seed=0)
assert env.step(50)[0] == np.sign(infogap.reveal(env).value - 50)
"""
    script = tmp_path / "example.py"
    script.write_text(example + checks, encoding="utf-8")
    command = [sys.executable, "-W", "error::UserWarning", str(script)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    leaks = "import sys, infogap.check; sys.exit(infogap.check.main('example:HighLow-v0', pairs=20, self_test=0))"
    run = subprocess.run([sys.executable, "-c", leaks], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
