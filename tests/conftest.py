"""What holds for every flow test: its mark says when it may run (pytest.ini), and there is exactly one. Under the
sanitizers only exact ones do; under that of threads, of the variants of a test the first and the last."""

import collections
import os

import pytest

MARKS = ("exact", "timing", "real")


def pytest_collection_modifyitems(items):
    wrong = [i.nodeid for i in items if sum(i.get_closest_marker(m) is not None for m in MARKS) != 1]
    if wrong:
        raise pytest.UsageError(f"each test has one mark of {', '.join(MARKS)}; not so: {', '.join(wrong)}")
    sanitizer = os.environ.get("WEIR_SANITIZER")
    if sanitizer:
        for item in items:
            if item.get_closest_marker("exact") is None:
                item.add_marker(pytest.mark.skip(reason=f"times mean nothing under the {sanitizer} sanitizer"))
    if sanitizer == "thread":
        skip_inner_variants(items)


def skip_inner_variants(items):
    """They differ in what weir reads and says, hardly in what its threads do."""
    variants = collections.defaultdict(list)
    for item in items:
        variants[item.nodeid.split("[")[0]].append(item)
    for same in variants.values():
        for item in same[1:-1]:
            item.add_marker(pytest.mark.skip(reason="under the thread sanitizer the first and the last variant run"))
