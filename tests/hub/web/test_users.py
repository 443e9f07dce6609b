"""Operators' passwords at rest."""

from pathlib import Path

import pytest

from hub.web.users import BadUser, add_user, is_right


def test_a_password_is_known_and_not_written(tmp_path: Path) -> None:
    users = tmp_path / "users"
    add_user(users, "Bảy", "mat-khau-dai")
    add_user(users, "Mia", "mat-khau-khac")
    assert is_right(users, "Bảy", "mat-khau-dai")
    assert not is_right(users, "Bảy", "mat-khau-khac")
    assert not is_right(users, "Nobody", "mat-khau-dai")
    assert "mat-khau" not in users.read_text(encoding="utf-8")
    assert users.stat().st_mode & 0o077 == 0


def test_a_password_is_changed(tmp_path: Path) -> None:
    users = tmp_path / "users"
    add_user(users, "Bảy", "mat-khau-dai")
    add_user(users, "Bảy", "mat-khau-moi-hon")
    assert is_right(users, "Bảy", "mat-khau-moi-hon")
    assert not is_right(users, "Bảy", "mat-khau-dai")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", "x" * 12),
        ("a:b", "x" * 12),
        ("a\nb", "x" * 12),
        ("a\u2028b", "x" * 12),
        ("Bảy", "short"),
    ],
)
def test_a_bad_name_or_password_is_refused(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(BadUser) as caught:
        add_user(tmp_path / "users", name, password)
    assert password not in str(caught.value)


def test_a_missing_file_lets_nobody_in(tmp_path: Path) -> None:
    assert not is_right(tmp_path / "none", "Bảy", "mat-khau-dai")
