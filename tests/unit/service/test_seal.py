"""Signed tokens: ours are known, others and old ones are not."""

from ronghe.service.pages.seal import STAY, form_token, is_ours, logged_in, login_token

KEY = b"k" * 32


def test_a_form_of_this_visit_is_ours():
    token = form_token(KEY, "visit")
    assert is_ours(KEY, "visit", token)
    assert not is_ours(KEY, "other", token)
    assert not is_ours(b"x" * 32, "visit", token)
    assert not is_ours(KEY, "visit", "")
    assert not is_ours(KEY, "visit", "é")


def test_a_login_lasts_its_time():
    token = login_token(KEY, "boss", now=1000.0)
    assert logged_in(KEY, token, now=1000.0 + STAY - 1) == "boss"
    assert logged_in(KEY, token, now=1000.0 + STAY + 1) is None


def test_a_forged_login_is_none():
    token = login_token(KEY, "shop", now=1000.0)
    forged = token.replace(b"shop".hex(), b"boss".hex())
    for wrong in (forged, "9" + token, "", "a.b.c", "1.zz.x", "1.ff.x", token[:-1]):
        assert logged_in(KEY, wrong, now=1000.0) is None
