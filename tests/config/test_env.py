"""Environment values that fail loudly and name the variable."""

from decimal import Decimal

import pytest

from annotator.config import env
from annotator.config.env import SettingError


def test_a_value_is_taken_from_the_environment_or_is_the_default(monkeypatch):
    monkeypatch.setenv("COLOUR", " blue ")
    assert env.text("COLOUR", "red") == "blue"
    monkeypatch.setenv("COLOUR", "")
    assert env.text("COLOUR", "red") == "red"


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv("COLOUR", "blue")
    monkeypatch.setenv("COLOUR_FILE", str(tmp_path / "secret"))
    assert env.text("COLOUR") == "hush"


def test_a_file_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COLOUR_FILE", str(tmp_path / "gone"))
    with pytest.raises(SettingError, match=r"COLOUR_FILE names .*gone"):
        env.text("COLOUR")


def test_numbers_and_switches_refuse_anything_else(monkeypatch):
    monkeypatch.setenv("SIZE", "12")
    assert env.number("SIZE", 3) == 12
    monkeypatch.setenv("SIZE", "a dozen")
    with pytest.raises(SettingError, match="SIZE must be a whole number, not 'a dozen'"):
        env.number("SIZE", 3)
    monkeypatch.setenv("SIZE", "14")
    assert env.number("SIZE", 120, least=14) == 14
    with pytest.raises(SettingError, match="SIZE must be 15 or more, not 14"):
        env.number("SIZE", 120, least=15)
    monkeypatch.setenv("LOUD", "Yes")
    assert env.flag("LOUD", default=False) is True
    monkeypatch.setenv("LOUD", "0")
    assert env.flag("LOUD", default=True) is False
    monkeypatch.setenv("LOUD", "perhaps")
    with pytest.raises(SettingError, match="LOUD must be on or off, not 'perhaps'"):
        env.flag("LOUD", default=True)


def test_lists_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("HOSTS", "one, two,,")
    assert env.words("HOSTS") == ["one", "two"]
    monkeypatch.delenv("HOSTS")
    assert env.words("HOSTS") == []


def test_an_amount_of_money_is_nothing_else(monkeypatch):
    monkeypatch.setenv("DAILY", "2.50")
    assert env.amount("DAILY", "1.00") == Decimal("2.50")
    monkeypatch.delenv("DAILY")
    assert env.amount("DAILY", "1.00") == Decimal("1.00")
    for wrong in ("-1", "much", "NaN", "Infinity"):
        monkeypatch.setenv("DAILY", wrong)
        with pytest.raises(SettingError, match=r"DAILY must be an amount of money, such as 2\.50"):
            env.amount("DAILY", "1.00")


def test_a_key_is_sent_over_https_or_not_at_all(monkeypatch):
    for right in ("https://llm.example/v1/", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:80"):
        monkeypatch.setenv("PROVIDER", right)
        assert env.provider("PROVIDER", "") == right.rstrip("/")
    for wrong in (
        "http://llm.example",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "https://user:pass@llm.example",
        "https://llm.example?key=1",
        "https://",
        "https://[",
        "llm.example",
    ):
        monkeypatch.setenv("PROVIDER", wrong)
        with pytest.raises(SettingError, match="PROVIDER must be an address that begins with https://"):
            env.provider("PROVIDER", "")
