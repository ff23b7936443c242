"""The index of names: what finds whom, in which order, and that nothing stale is found."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from portal.models.customers import names as module
from portal.models.customers.names import NameIndex, says_enough
from portal.models.customers.readings import fold, fold_query, is_ideograph, readings

LIN, OTHER = b"1" * 16, b"2" * 16


def of(*people: str) -> NameIndex:
    """An index of these names, whose ids are the names."""
    index = NameIndex()
    for name in people:
        index.put(name.encode(), name)
    return index


def found(text: str, *people: str) -> list[str]:
    """The names found among these, in order."""
    return [one.decode() for one in of(*people).find(text)]


@pytest.mark.parametrize(
    "text",
    [
        *("林晓雯", "晓雯", "林晓", "雯", "林 晓雯", "林·晓雯", " 林晓雯 ", "林・晓•雯"),
        *("linxiaowen", "Lin Xiaowen", "LINXIAOWEN", "ｌｉｎｘｉａｏ", "lín xiǎo wén", "lin2xiao3wen2", "lin'xiao'wen"),
        *("xiaowen", "linx", "linxw", "lxw", "LXW", "lx", "xw", "lxwen", "li xi w", "林xw", "l晓w", "linxiao雯"),
    ],
)
def test_whatever_spelling_finds_the_person(text: str):
    assert found(text, "林晓雯", "王建国") == ["林晓雯"]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("单雄信", ("shanxiongxin", "danxiongxin", "sxx", "dxx", "chanxx")),
        ("曾志伟", ("zengzhiwei", "cengzhiwei", "zzw", "czw")),
        ("解珍", ("xiezhen", "jiezhen", "xz", "jz")),
        ("吕布", ("lvbu", "lübu", "LÜ BU", "lǚ bù", "lv3bu4", "lyubu", "lubu", "lb")),
        ("欧阳娜娜", ("ouyangnana", "oynn", "欧阳", "ouy", "yangna")),
        ("阿卜杜拉·买买提", ("阿卜杜拉买买提", "杜拉・买", "abudula", "mmt")),
        ("Wei Zhang", ("wei zhang", "WEIZHANG", "zhang", "ei zh", "ｗｅｉ", "Wei·Zhang")),
        ("José García", ("jose", "josé", "garcia", "GARCÍA")),
        ("Anna Müller", ("müller", "muller", "mvller")),
        ("Ольга Иванова", ("ольга", "ИВАН", "га ив")),
        ("〇一", ("〇一", "lingyi", "ly")),
    ],
)
def test_every_reading_and_alphabet(name: str, texts: tuple[str, ...]):
    for text in texts:
        assert found(text, name, "王建国") == [name], text


@pytest.mark.parametrize("text", ["xl", "linwen", "雯晓", "晓林", "wx", "linxiaowenx", "zxw", "晓x雯"])
def test_what_does_not_stand_in_the_name_does_not_find_it(text: str):
    assert found(text, "林晓雯") == []


@pytest.mark.parametrize("text", ["", " ", "·", "l", "L ", "'l'", "5", "é"])
def test_too_little_finds_nobody(text: str):
    assert not says_enough(fold_query(text))
    assert found(text, "林晓雯", "L", "5", "é") == []


def test_the_whole_name_comes_first_then_its_beginning():
    people = ("王小丽", "李王", "王", "文静")
    assert found("王", *people) == ["王", "王小丽", "李王"]
    assert found("wang", *people) == ["王", "王小丽", "李王"]
    assert found("wen", "吴恩", "文静", "王恩慧", "林雯", "文") == ["文", "文静", "吴恩", "王恩慧", "林雯"]


def test_a_new_name_takes_the_place_of_the_old_one():
    index = NameIndex()
    index.put(LIN, "林晓雯", "+8613800138000")
    index.put(LIN, "王建国", "+8613800139999")
    assert index.find("林晓雯") == index.find("lxw") == index.ending("8000") == []
    assert index.find("wjg") == index.ending("9999") == [LIN]
    assert len(index) == 1


def test_who_is_dropped_is_found_by_nothing_and_their_place_serves_another():
    index = NameIndex()
    index.put(LIN, "林晓雯", "+8613800138000")
    index.drop(LIN)
    index.drop(LIN)
    assert index.find("晓雯") == index.find("lxw") == index.ending("8000") == []
    assert len(index) == 0
    index.put(OTHER, "王建国")
    assert index.find("林晓") == index.find("lin") == index.ending("8000") == []
    assert index.find("建国") == [OTHER]


def test_nothing_of_a_dropped_name_stays_in_the_index():
    index = of("林晓雯", "王建国")
    index.drop("林晓雯".encode())
    assert "林晓雯" not in index._names
    assert "林晓雯".encode() not in index._slots


def test_many_edits_are_swept_up(monkeypatch):
    monkeypatch.setattr(module, "SWEPT", 20)
    index = NameIndex()
    for number in range(100):
        index.put(LIN, "林晓雯" if number % 2 else "王建国", f"+86138001380{number:02d}")
        index.put(OTHER, "周" * (1 + number % 3))
    assert sum(map(len, index._of_pair.values())) < 100
    assert index.find("lxw") == index.ending("8099") == [LIN]
    assert index.find("周") == [OTHER]


def test_it_has_room_for_so_many_and_says_so():
    index = NameIndex(most=2)
    for name in ("林晓雯", "王建国", "周建国"):
        index.put(name.encode(), name)
    assert len(index) == 2
    assert index.is_full
    assert index.find("周建国") == []
    index.put("林晓雯".encode(), "林晓")
    assert index.find("林晓") == ["林晓雯".encode()]


def test_it_leaves_the_process_in_no_way():
    index = of("林晓雯")
    with pytest.raises(TypeError):
        pickle.dumps(index)
    with pytest.raises(TypeError):
        copy.deepcopy(index)
    assert repr(index) == "<NameIndex of 1>"


# The rule once more, without any index: consecutive characters take the whole query, each by itself or a beginning of
# one of its readings.
def fits(query: str, name: str) -> bool:
    """Whether the folded query can be read in the folded name."""
    return any(_taken(query, name[start:]) for start in range(len(name)))


def _taken(query: str, name: str) -> bool:
    if not query:
        return True
    if not name:
        return False
    lengths = {1} if is_ideograph(name[0]) and query[0] == name[0] else set()
    lengths |= {n for reading in readings(name[0]) for n in range(1, len(reading) + 1) if query[:n] == reading[:n]}
    return any(_taken(query[n:], name[1:]) for n in lengths)


CHARACTERS = "林晓雯王文单曾吕解阿恩安欧阳娜那西仙先吾"
NAMES = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=4),
    st.text("aeinxüé lW·", max_size=6),
    st.text(CHARACTERS + "aenü", max_size=5),
    st.text(max_size=4),
)
QUERIES = st.one_of(
    st.text("adehgilnosuvwxyz", min_size=2, max_size=9), st.text(CHARACTERS + "lxwan", min_size=1, max_size=4), NAMES
)


class Following(RuleBasedStateMachine):
    """Names come, change and go; every search finds what a scan of all names finds."""

    def __init__(self) -> None:
        super().__init__()
        self.index, self.names, self.phones = NameIndex(), {}, {}

    @rule(person=st.integers(0, 7), name=NAMES, ending=st.sampled_from(["", "0001", "0002"]))
    def put(self, person: int, name: str, ending: str) -> None:
        """Come, or be called otherwise."""
        phone = ending and f"+861380013{ending}"
        self.index.put(bytes([person] * 16), name, phone)
        self.names[person], self.phones[person] = name, ending

    @rule(person=st.integers(0, 7))
    def drop(self, person: int) -> None:
        """Go."""
        self.index.drop(bytes([person] * 16))
        self.names.pop(person, None)
        self.phones.pop(person, None)

    @rule(text=QUERIES)
    def search(self, text: str) -> None:
        """Ask."""
        self.compare(text)

    @rule(person=st.integers(0, 7), data=st.data())
    def search_for(self, person: int, data: st.DataObject) -> None:
        """Ask for a part of somebody's readings."""
        name = fold(self.names.get(person, ""))
        spelled = "".join(data.draw(st.sampled_from(readings(char) or (char,))) for char in name)
        cut = data.draw(st.integers(0, len(spelled)))
        self.compare(spelled[:cut])

    def compare(self, text: str) -> None:
        """With a scan."""
        query, got = fold_query(text), self.index.find(text)
        meant = {bytes([one] * 16) for one, name in self.names.items() if fits(query, fold(name))}
        assert set(got) == (meant if says_enough(query) else set())
        assert len(got) == len(set(got))

    @invariant()
    def endings_agree(self) -> None:
        """The last digits too, and the number of people."""
        for ending in ("0001", "0002"):
            meant = {bytes([one] * 16) for one, kept in self.phones.items() if kept == ending}
            assert set(self.index.ending(ending)) == meant
        assert len(self.index) == len(self.names)


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str):
    assert fold(fold(text)) == fold(text)
