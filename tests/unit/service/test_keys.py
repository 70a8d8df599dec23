"""Keys: read from text, kept as digests only, found by secret, open what their scopes say."""

import pytest

from ronghe.core.errors import BadRecipe
from ronghe.service.keys import digest_of, find_key, read_keys
from ronghe.service.settings import Settings

SECRET = "a-long-random-secret-0001"


def test_a_key_is_found_by_its_secret_and_kept_as_a_digest():
    keys = read_keys(f"shop:read+write:{SECRET}, boss:admin:sha256={digest_of('other-long-secret-02')}")
    shop, boss = find_key(SECRET, keys), find_key("other-long-secret-02", keys)
    assert shop is not None
    assert boss is not None
    assert (shop.name, boss.name) == ("shop", "boss")
    assert SECRET not in repr(keys)
    assert find_key("nobody", keys) is None
    assert [shop.may(s) for s in ("read", "write", "admin")] == [True, True, False]
    assert all(boss.may(s) for s in ("read", "write", "admin"))


@pytest.mark.parametrize(
    "text", ["x", "a:read", ":read:" + SECRET, "a:fly:" + SECRET, "a:read:short", "a:read:sha256=12", "a:read:sha256=" + "g" * 64]
)
def test_a_wrong_key_is_refused_without_telling_the_secret(text: str):
    with pytest.raises(BadRecipe) as refused:
        read_keys(text)
    assert SECRET not in str(refused.value)


def test_no_stranger_comes_in_without_keys():
    with pytest.raises(BadRecipe, match="RONGHE_KEYS"):
        Settings().for_address("0.0.0.0")
    assert "localhost" in Settings().for_address("127.0.0.1").hosts
    assert Settings(keys=read_keys(f"a:read:{SECRET}")).for_address("0.0.0.0").hosts == ()


@pytest.mark.parametrize("env", [{"RONGHE_PAGES": "yes"}, {"RONGHE_KEYS": "x"}, {"RONGHE_SECURE": ""}])
def test_a_wrong_environment_is_refused(env: dict[str, str]):
    with pytest.raises(BadRecipe):
        Settings.from_env(env)


def test_the_environment_is_read():
    settings = Settings.from_env({"RONGHE_PAGES": "0", "RONGHE_HOSTS": "Shop.example, api.example", "RONGHE_SECURE": "1"})
    assert (settings.pages, settings.hosts, settings.secure) == (False, ("shop.example", "api.example"), True)


def test_limits_are_positive():
    with pytest.raises(BadRecipe, match="batch"):
        Settings(batch=0)
