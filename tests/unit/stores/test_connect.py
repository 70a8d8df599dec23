"""connect(url) picks the adapter."""

import pytest

from ronghe.core.errors import BadRecipe
from ronghe.core.ports import Store
from ronghe.stores import connect


@pytest.mark.parametrize("url", ["oracle://x", "shop.db", "", "sqlite:shop.db"])
def test_an_unknown_scheme_names_the_known_ones(url):
    with pytest.raises(BadRecipe, match=r"memory://.*sqlite://"):
        connect(url)


def test_a_sqlite_url_is_relative_with_three_strokes_and_absolute_with_four(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    connect("sqlite:///new/folder/shop.db").close()
    assert (tmp_path / "new/folder/shop.db").exists()
    connect(f"sqlite:///{tmp_path}/absolute.db").close()
    assert (tmp_path / "absolute.db").exists()
    with pytest.raises(BadRecipe, match="sqlite:///shop"):
        connect("sqlite://shop.db")


def test_adapters_have_every_method_of_the_port(tmp_path):
    wanted = {name for name in vars(Store) if not name.startswith("_")}
    for url in ("memory://", f"sqlite:///{tmp_path}/s.db"):
        store = connect(url)
        assert wanted <= set(dir(store))
        store.close()
