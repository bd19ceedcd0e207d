"""Students who drag the slider of an explorer by the widget protocol, each with a kernel and a thread."""

import time
from dataclasses import dataclass, field
from threading import Barrier, BrokenBarrierError, Thread

from tests.compatibility.front_end import FrontEnd, classes, walk
from tests.compatibility.moves import place_of, value_at

GAP, BURST = 10.0, 3.0  # seconds from burst to burst, and of dragging in each
MOVES = 40  # that a drag asks for in a second
PATIENCE = 300  # seconds
GIVEN_UP = "Given up; all kernels are shut down."


@dataclass
class Burst:
    """One drag: when each value was wanted, and when its pictures came."""

    figures: set
    begun: float
    ended: float = 0.0
    wanted: dict = field(default_factory=dict)  # request: the time of its move
    came: dict = field(default_factory=dict)  # request: {figure: when its first frame came}
    pictures: int = 0

    @property
    def seconds(self):
        return self.ended - self.begun

    def hear(self, request, figure):
        """A frame came, of the request that it answers."""
        if request in self.wanted:
            new = self.came.setdefault(request, {})
            self.pictures += not new
            new.setdefault(figure, time.monotonic())

    def waits(self):
        """Seconds from each value to the last of its pictures."""
        return [max(came.values()) - self.wanted[request] for request, came in self.came.items()]

    @property
    def last_shown(self):
        return list(self.wanted)[-1] in self.came


class Student(FrontEnd):
    """A front end that drags."""

    def __init__(self, folder, variables, halt):
        self.burst = None
        super().__init__(folder, variables, halt, PATIENCE)

    def find_explorer(self):
        """Find the parts of the newest explorer."""
        found = list(self.explorers())
        if not found:
            raise RuntimeError(f"There is no explorer: {(self.faults or ['no fault'])[0]}")
        self.use_subshell()
        parts = [part for part, _ in walk(self.models, found[-1])]
        # Parts come last: what an explorer does not show yet, stands in no box.
        self.named = {
            name: part
            for part in [*self.models, *parts]
            for name in classes(self.models[part]).split()
        }
        self.slider, self.figure = (
            self.named["control-learning_rate"],
            self.named["explorer-figure"],
        )

    def show(self, everything: bool):
        """Decision regions and ten more seeds, or neither."""
        self.set("explorer-show-regions", {"value": everything})
        self.set("explorer-seeds", {"index": int(everything)})
        self.figures = (
            {self.figure, self.named["explorer-regions"]} if everything else {self.figure}
        )

    def set(self, name, state):
        self.send(self.named[name], {"method": "update", "state": state, "buffer_paths": []})

    def hear(self, message):
        changed = super().hear(message)
        if self.burst and "frame" in message["content"].get("data", {}).get("state", {}):
            for figure in changed & self.burst.figures:
                self.burst.hear(message["parent_header"].get("msg_id"), figure)
        return changed

    def drag(self, bursts: int, offset: float) -> list[Burst]:
        """Bursts of moves; between them, hear what comes."""
        start, done = time.monotonic() + offset, []
        for number in range(bursts):
            self.rest_until(start + number * GAP)
            done.append(self.drag_once(start + number * GAP))
        self.rest_until(start - offset + bursts * GAP)
        return done

    def rest_until(self, end):
        self.listen(self.halt.is_set, end - time.monotonic())

    def drag_once(self, start) -> Burst:
        """Move to and fro; the newest value is sent when the kernel is idle, as a front end does."""
        self.burst, slider, last = Burst(self.figures, start), self.models[self.slider], None
        moves = int(BURST * MOVES)
        move = 0
        while move < moves:
            place = place_of(slider, 0.05 + 0.9 * abs((move / MOVES) % 2 - 1))
            if place != last:  # otherwise there is nothing to tell
                state = {"value": value_at(slider, place)}
                update = {"method": "update", "state": state, "buffer_paths": []}
                request = self.post(self.slider, update)
                self.burst.wanted[request], last = start + move / MOVES, place
                self.finish(request)
            now = time.monotonic()
            newest = min(int((now - start) * MOVES), moves - 1)
            move = max(newest, move + 1)
            time.sleep(max(0, start + move / MOVES - now))
        self.listen(lambda: self.burst.last_shown or self.halt.is_set(), 2)
        self.burst.ended = time.monotonic()
        return self.burst


def each_student(number: int, learn, halt) -> list:
    """Let all of them learn at once: what `learn(student, together)` returns, or the first failure."""
    barrier, told, failures = Barrier(number), {}, []

    def run(student):
        try:
            told[student] = learn(student, lambda: barrier.wait(PATIENCE))
        except BrokenBarrierError:
            failures.append(TimeoutError(f"A student waited {PATIENCE} seconds for the others."))
        except Exception as error:
            failures.append(error)
        if student not in told:
            halt.set()
            barrier.abort()

    threads = [Thread(target=run, args=(student,)) for student in range(number)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        halt.set()
        barrier.abort()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]
    return [told[student] for student in range(number)]
