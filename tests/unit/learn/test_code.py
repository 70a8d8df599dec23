"""The hash of code follows imports, and nothing else."""

import sys

import pytest

from ronghe.learn import code


@pytest.fixture
def house(tmp_path, monkeypatch):
    files = {
        "a": "import ronghe_x.b\nimport os\n",
        "b": "from ronghe_x import c\n",
        "c": "ONE = 1\n",
        "d": "TWO = 2\n",
        "__init__": "",
    }
    (tmp_path / "ronghe_x").mkdir()
    for name, source in files.items():
        (tmp_path / "ronghe_x" / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(code, "PACKAGE", "ronghe_x")
    monkeypatch.delitem(sys.modules, "ronghe_x", raising=False)
    yield tmp_path / "ronghe_x"
    sys.modules.pop("ronghe_x", None)
    code.code_hash.cache_clear()


def fresh(*modules):
    code.code_hash.cache_clear()
    return code.code_hash(*modules)


def test_a_change_far_down_the_imports_counts(house):
    before = fresh("ronghe_x.a")
    (house / "c.py").write_text("ONE = 3\n")
    assert fresh("ronghe_x.a") != before


def test_a_change_elsewhere_does_not(house):
    before = fresh("ronghe_x.a")
    (house / "d.py").write_text("TWO = 3\n")
    assert fresh("ronghe_x.a") == before


def test_a_module_loaded_by_name_counts_when_it_is_named(house):
    before = fresh("ronghe_x.a", "ronghe_x.d")
    (house / "d.py").write_text("TWO = 3\n")
    assert fresh("ronghe_x.a", "ronghe_x.d") != before
    assert fresh("ronghe_x.a") != before
