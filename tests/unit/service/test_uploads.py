"""Files that are sent: whole, in a form, and all that is no such thing."""

import pytest

from ronghe.core.errors import BadRequest
from ronghe.service.uploads import form_upload, plain_name

SAID = "multipart/form-data; boundary=x-42"


def form(*parts: bytes) -> bytes:
    return b"".join(b"--x-42\r\n" + part + b"\r\n" for part in parts) + b"--x-42--\r\n"


def part(name: str, content: bytes, file: str | None = None) -> bytes:
    named = "" if file is None else f'; filename="{file}"'
    return f'Content-Disposition: form-data; name="{name}"{named}\r\nContent-Type: image/png\r\n\r\n'.encode() + content


def test_a_form_gives_its_file_byte_by_byte_and_its_fields():
    content = bytes(range(256)) + b"\r\n--x-4\r\n\r\n"
    sent = form_upload(form(part("token", b"abc"), part("file", content, "a b.png")), SAID)
    assert (sent.content, sent.name, sent.fields) == (content, "a b.png", {"token": "abc"})
    assert form_upload(form(part("file", b"", "x")), SAID.replace("x-42", '"x-42"')).content == b""


def test_a_name_says_no_folder_and_no_controls():
    assert plain_name("C:\\photos\\..\\me.jpg") == "me.jpg"
    assert plain_name("../../etc/passwd") == "passwd"
    assert plain_name("a\x07b\u2028.png") == "ab.png"
    assert plain_name("") == "the file"
    assert len(plain_name("x" * 999)) == 200


@pytest.mark.parametrize(
    ("body", "said", "wrong"),
    [
        (form(part("file", b"1", "a")), "multipart/form-data", "boundary"),
        (b"", SAID, "cut short"),
        (form(part("file", b"1", "a"))[:-8], SAID, "cut short"),
        (form(), SAID, "cut short"),
        (form(*[part("a", b"1")] * 40), SAID, "too many"),
        (form(part("token", b"1")), SAID, "0 files"),
        (form(part("a", b"1", "a"), part("b", b"1", "b")), SAID, "2 files"),
        (form(b"no head at all"), SAID, "no name"),
        (form(part("token", b"\xff"), part("file", b"1", "a")), SAID, "UTF-8"),
        (form(part("token", b"\x00"), part("file", b"1", "a")), SAID, "NUL"),
    ],
    ids=["no boundary", "empty", "cut", "no part", "many parts", "no file", "two files", "no head", "bad text", "NUL"],
)
def test_what_is_no_form_with_a_file_is_refused(body, said, wrong):
    with pytest.raises(BadRequest, match=wrong):
        form_upload(body, said)
