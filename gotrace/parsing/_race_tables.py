"""Derived from grammars/race.lark by tools/derive.py. Do not edit."""

from typing import Any

GRAMMAR_SHA256: str = "8d4b317049a93e759e9015d42975c1cc901da80e0c07bb4c501b9ce4c4b88823"

LARK_VERSION: str = "1.3.1"

TERMINALS: dict[str, Any] = {
    "RACE_FILE": "[^ \n][^\n]*(?=:[0-9]+(?: \\+0x[0-9a-f]+)?$)",
    "GLOBAL": "[^\n]+?(?= of size [0-9]+ at 0x)",
    "RACE_FUNCTION": "[^\x00- ][^\n]*(?=\\(\\)$)",
    "ADDRESS": "0x[0-9a-f]+",
    "OFFSET": "0x[0-9a-f]+",
    "FOUND": "[0-9]+",
    "LINE": "[0-9]+",
    "SIZE": "[0-9]+",
    "THREAD": "[0-9]+",
    "LOST": "  \\[failed to restore the stack\\]",
    "__ANON_10": "Heap\\ block\\ of\\ size\\ ",
    "RACE_TITLE": "WARNING: (?:DATA RACE|DEADLOCK)",
    "RACE_RULE": "==================",
    "MAIN": "main goroutine|main thread",
    "__ANON_11": "\\ allocated\\ by\\ ",
    "__ANON_14": "\\ declared\\ at\\ ",
    "__ANON_16": "\\ data\\ race\\(s\\)",
    "__ANON_9": "\\)\\ created\\ at:",
    "OPERATION": "(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite)",
    "__ANON_12": "Global\\ var\\ ",
    "__ANON_0": "goroutine\\ ",
    "__ANON_7": "Goroutine\\ ",
    "__ANON_13": "\\ of\\ size\\ ",
    "THREAD_STATE": "running|finished",
    "PREVIOUS": "Previous",
    "__ANON_15": "Found\\ ",
    "__ANON_6": "\\ \\ \\ \\ \\ \\ ",
    "__ANON_1": "\\ at\\ ",
    "__ANON_2": "\\ by\\ ",
    "__ANON_3": "\\ \\ ",
    "__ANON_4": "\\(\\)",
    "__ANON_5": "\\ \\+",
    "__ANON_8": "\\ \\(",
    "COLON": ":",
    "SPACE": "\\ ",
}

PATTERNS: dict[str, Any] = {
    "race_rule": ("(?P<RACE_RULE>==================)\\Z", ()),
    "race_title": ("(?P<RACE_TITLE>WARNING: (?:DATA RACE|DEADLOCK))\\Z", ()),
    "race_access": (
        "(?:(?P<PREVIOUS>Previous)\\ )?(?P<OPERATION>(?:[Aa]tomic "
        ")?(?:[Rr]ead|[Ww]rite))\\ at\\ (?P<ADDRESS>0x[0-9a-f]+)\\ by\\ (?:(?P<MAIN>main "
        "goroutine|main thread)|goroutine\\ (?P<THREAD>[0-9]+)):\\Z",
        (),
    ),
    "race_call": ("\\ \\ (?P<RACE_FUNCTION>[^\x00- ][^\n]*(?=\\(\\)$))\\(\\)\\Z", ()),
    "race_site": (
        "\\ \\ \\ \\ \\ \\ (?P<RACE_FILE>[^ \n"
        "][^\n"
        "]*(?=:[0-9]+(?: \\+0x[0-9a-f]+)?$)):(?P<LINE>[0-9]+)(?:\\ "
        "\\+(?P<OFFSET>0x[0-9a-f]+))?\\Z",
        (),
    ),
    "race_lost": ("(?P<LOST>  \\[failed to restore the stack\\])\\Z", ()),
    "race_creation": (
        "Goroutine\\ (?P<THREAD>[0-9]+)\\ \\((?P<THREAD_STATE>running|finished)\\)\\ "
        "created\\ at:\\Z",
        (),
    ),
    "race_heap": (
        "Heap\\ block\\ of\\ size\\ (?P<SIZE>[0-9]+)\\ at\\ (?P<ADDRESS>0x[0-9a-f]+)\\ "
        "allocated\\ by\\ (?:(?P<MAIN>main goroutine|main thread)|goroutine\\ "
        "(?P<THREAD>[0-9]+)):\\Z",
        (),
    ),
    "race_global": (
        "Global\\ var\\ (?P<GLOBAL>[^\n"
        "]+?(?= of size [0-9]+ at 0x))\\ of\\ size\\ (?P<SIZE>[0-9]+)\\ at\\ "
        "(?P<ADDRESS>0x[0-9a-f]+)\\ declared\\ at\\ (?P<RACE_FILE>[^ \n"
        "][^\n"
        "]*(?=:[0-9]+(?: \\+0x[0-9a-f]+)?$)):(?P<LINE>[0-9]+)\\Z",
        (),
    ),
    "race_found": ("Found\\ (?P<FOUND>[0-9]+)\\ data\\ race\\(s\\)\\Z", ()),
}

STATES: tuple[Any, ...] = (
    (("__ANON_4",), {"__ANON_4": 4}),
    (("COLON",), {"COLON": 49}),
    (("COLON",), {"COLON": 25}),
    (("__ANON_6",), {"__ANON_6": 52, "race_site": 17}),
    ((), {"$END": -1}),
    ((), {}),
    (("__ANON_1",), {"__ANON_1": 54}),
    (("THREAD",), {"THREAD": 11}),
    (("__ANON_16",), {"__ANON_16": 77}),
    (("LINE",), {"LINE": 70}),
    (("__ANON_1",), {"__ANON_1": 33}),
    (("__ANON_8",), {"__ANON_8": 65}),
    (("COLON",), {"COLON": 9}),
    (("__ANON_13",), {"__ANON_13": 47}),
    (("__ANON_15",), {"__ANON_15": 31, "race_found": 20}),
    (("__ANON_2",), {"__ANON_2": 67}),
    ((), {"$END": -2}),
    ((), {}),
    ((), {"$END": -3}),
    ((), {}),
    ((), {}),
    (("MAIN", "__ANON_0"), {"MAIN": 39, "__ANON_0": 41}),
    ((), {"$END": -4}),
    ((), {}),
    ((), {"$END": -5}),
    ((), {"$END": -6}),
    ((), {}),
    ((), {"$END": -7}),
    ((), {"$END": -8}),
    (("__ANON_12",), {"__ANON_12": 37, "race_global": 5}),
    (("OPERATION",), {"OPERATION": 6}),
    (("FOUND",), {"FOUND": 8}),
    (("SIZE",), {"SIZE": 73}),
    (("ADDRESS",), {"ADDRESS": 15}),
    (("MAIN", "__ANON_0"), {"MAIN": 2, "__ANON_0": 76}),
    (("COLON",), {"COLON": 62}),
    ((), {}),
    (("GLOBAL",), {"GLOBAL": 13}),
    (("RACE_FUNCTION",), {"RACE_FUNCTION": 0}),
    (("COLON",), {"COLON": 16}),
    (("COLON",), {"COLON": 24}),
    (("THREAD",), {"THREAD": 68}),
    (("__ANON_9",), {"__ANON_9": 74}),
    ((), {"$END": -9}),
    (("OPERATION", "PREVIOUS"), {"OPERATION": 10, "PREVIOUS": 59, "race_access": 36}),
    ((), {}),
    (("__ANON_2",), {"__ANON_2": 34}),
    (("SIZE",), {"SIZE": 75}),
    (("__ANON_7",), {"__ANON_7": 7, "race_creation": 23}),
    ((), {"$END": -10}),
    ((), {}),
    (("ADDRESS",), {"ADDRESS": 63}),
    (("RACE_FILE",), {"RACE_FILE": 12}),
    (("OFFSET",), {"OFFSET": 27}),
    (("ADDRESS",), {"ADDRESS": 46}),
    (("THREAD",), {"THREAD": 40}),
    (("__ANON_10",), {"__ANON_10": 32, "race_heap": 19}),
    (("__ANON_11",), {"__ANON_11": 21}),
    ((), {}),
    (("SPACE",), {"SPACE": 30}),
    (("COLON",), {"COLON": 18}),
    ((), {"$END": -11}),
    (("LINE",), {"LINE": 22}),
    (("__ANON_14",), {"__ANON_14": 72}),
    (("RACE_RULE",), {"RACE_RULE": 28, "race_rule": 26}),
    (("THREAD_STATE",), {"THREAD_STATE": 42}),
    (("LOST",), {"LOST": 69, "race_lost": 50}),
    (("MAIN", "__ANON_0"), {"MAIN": 1, "__ANON_0": 55}),
    (("COLON",), {"COLON": 43}),
    ((), {"$END": -12}),
    (("__ANON_5",), {"$END": -13, "__ANON_5": 53}),
    (("RACE_TITLE",), {"RACE_TITLE": 61, "race_title": 45}),
    (("RACE_FILE",), {"RACE_FILE": 35}),
    (("__ANON_1",), {"__ANON_1": 79}),
    ((), {"$END": -14}),
    (("__ANON_1",), {"__ANON_1": 51}),
    (("THREAD",), {"THREAD": 60}),
    ((), {"$END": -15}),
    (("__ANON_3",), {"__ANON_3": 38, "race_call": 58}),
    (("ADDRESS",), {"ADDRESS": 57}),
)

RULES: tuple[Any, ...] = (
    ("race_call", "race_call", 3, (1,)),
    ("race_heap", "race_heap", 7, (1, 3, 5)),
    ("race_access", "race_access", 9, (0, 2, 4, 7)),
    ("race_global", "race_global", 10, (1, 3, 5, 7, 9)),
    ("race_access", "race_access", 7, (0, 2, 5)),
    ("race_access", "race_access", 8, (0, 2, 4, 6)),
    ("race_site", "race_site", 6, (1, 3, 5)),
    ("race_rule", "race_rule", 1, (0,)),
    ("race_heap", "race_heap", 8, (1, 3, 6)),
    ("race_access", "race_access", 6, (0, 2, 4)),
    ("race_title", "race_title", 1, (0,)),
    ("race_lost", "race_lost", 1, (0,)),
    ("race_site", "race_site", 4, (1, 3)),
    ("race_creation", "race_creation", 5, (1, 3)),
    ("race_found", "race_found", 3, (1,)),
)

STARTS: dict[str, Any] = {
    "race_rule": 64,
    "race_title": 71,
    "race_access": 44,
    "race_call": 78,
    "race_site": 3,
    "race_lost": 66,
    "race_creation": 48,
    "race_heap": 56,
    "race_global": 29,
    "race_found": 14,
}

ENDS: dict[str, Any] = {
    "race_global": 5,
    "race_site": 17,
    "race_heap": 19,
    "race_found": 20,
    "race_creation": 23,
    "race_rule": 26,
    "race_access": 36,
    "race_title": 45,
    "race_lost": 50,
    "race_call": 58,
}
