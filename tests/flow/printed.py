"""What a page of the documentation prints: commands, and lines of a summary without what differs each time."""

import re
import shlex


def words_of(line):
    """The words of a shell line; what stands behind two blanks or more explains it, as a # does."""
    return shlex.split(re.split(r"\s{2,}", line.strip().removeprefix("$ "))[0], comments=True)


def shape(line):
    """A line of the summary without its figures, units of time, bars and the columns beside them, and what is the machine's."""
    line = re.sub(r"[≤>] .*|how many.*", "", line)
    line = re.sub(r"^ *on .* processors?, .*", "on a machine", line)
    line = re.sub(r"\d+(?:[ .]\d+)*", "#", line)
    line = re.sub(r"# (?:[nmµ]?s|min)\b", "# s", line)
    return re.sub(r" +", " ", line.replace("threads", "thread").replace("epoll", "io_uring")).strip()


def assert_shows(real, sample):
    """Each line of the sample is in what was printed, in this order."""
    lines = iter([shape(line) for line in real.splitlines()])
    for line in sample:
        assert shape(line) in lines, f"not printed, or not there: {line!r}\n{real}"


def in_time(run):
    """What is done by the first of three tries whose schedule this machine could keep, for pages have no words about that."""
    for _ in range(3):
        done = run()
        if "machine could not keep the schedule" not in " ".join(done.stdout.split()):
            break
    return done
