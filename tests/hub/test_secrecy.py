"""State secrets stay out; numbers of persons are blacked out."""

import unicodedata

import pytest

from hub import secrecy
from hub.secrecy import Secret, check, without_persons


@pytest.mark.parametrize("mark", ["Mật", "Tối mật", "tuyet mat", "TUYỆT MẬT", "A"])
def test_a_secrecy_attribute_is_refused_whatever_its_spelling(mark: str) -> None:
    with pytest.raises(Secret) as refused:
        check({"do_mat": mark})
    assert refused.value.field == "do_mat"
    assert mark not in str(refused.value) or mark == "A"


@pytest.mark.parametrize("mark", ["", "Không", "không mật", "Thường"])
def test_what_says_that_it_is_not_secret_is_let_in(mark: str) -> None:
    check({"do_mat": mark})


@pytest.mark.parametrize(
    "text",
    ["MẬT\nKế hoạch năm 2026", "Số 12/KH\nTỐI MẬT\n", "Độ mật: mật. Kế hoạch", "(TUYỆT MẬT)"],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_stamp_in_a_text_is_refused(text: str, form: str) -> None:
    with pytest.raises(Secret):
        check({}, unicodedata.normalize(form, text.replace("Độ", "độ")))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["Bán mật ong rừng Đông Giang", "Giữ bí mật cá nhân", "MẬT ONG RỪNG", "mật độ cây"]
)
def test_the_word_inside_a_sentence_is_no_stamp(text: str) -> None:
    check({"title": text}, text)


def test_numbers_of_persons_are_blacked_out() -> None:
    told = "Ông A, CCCD 049085001234, 0905 123 456 hoặc +84 905.123.456, a.b@thu.vn"
    assert without_persons(told) == (
        "Ông A, CCCD [số định danh], [điện thoại] hoặc [điện thoại], [thư điện tử]"
    )


@pytest.mark.parametrize("text", ["1.234.567.890 đồng", "ngày 25/11/2026", "000.01.21.H47-260401"])
def test_other_numbers_stay(text: str) -> None:
    assert without_persons(text) == text


@pytest.mark.parametrize(
    "text",
    ["toi mat", "Báo cáo (Tuyệt mật)", "Độ mật: Mật", "DO MAT: TOI MAT", "văn bản TỐI MẬT số 3"],
)
def test_a_stamp_without_accents_in_brackets_or_named_is_seen(text: str) -> None:
    with pytest.raises(secrecy.Secret):
        secrecy.check({}, text)


@pytest.mark.parametrize("text", ["Mật ong Prao", "TOI MAT XE MAY", "bí mật của rừng", "mất điện"])
def test_a_word_like_a_stamp_is_none(text: str) -> None:
    secrecy.check({}, text)


@pytest.mark.parametrize("text", ["049 090 001 234", "0235.3898.123", "02353898123"])
def test_a_number_written_in_groups_is_blacked_out(text: str) -> None:
    assert not any(each.isdigit() for each in secrecy.without_persons(text))


@pytest.mark.parametrize("text", ["000.01.21.H47-261125-0001", "1.000894.000.00.00.H47"])
def test_a_code_of_a_dossier_or_procedure_is_left(text: str) -> None:
    assert secrecy.without_persons(text) == text
