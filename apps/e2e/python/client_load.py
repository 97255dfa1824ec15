"""Sends events with the published Python client, unmodified, until its standard input ends.

Prints a line for every call: `event <person>` and `fingerprint <id>` where the client returned, `failed <operation>
<error>` where it raised. The person is that event's alone, since the client does not tell the ids of events.
"""

import argparse
import itertools
import platform
import sys
import threading

from voker.api.client import ApiClient

PROPERTIES = {
    "api": "openai-chat-completions",
    "inputs": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]},
    "output": {"usage": {"prompt_tokens": 9, "completion_tokens": 2}},
}
EVENTS_OF_ONE_FINGERPRINT = 25


class Load:
    def __init__(self, arguments):
        self.prefix = arguments.prefix
        self.clients = [ApiClient(base_url=url, api_key=arguments.api_key) for url in arguments.base_url]
        self.numbers = itertools.count(1)
        self.stopping = threading.Event()
        self.printing = threading.Lock()

    def work(self):
        while not self.stopping.is_set():
            fingerprint = self.attempt("fingerprints.create", self.make_fingerprint)
            if fingerprint is None:
                continue
            for _ in range(EVENTS_OF_ONE_FINGERPRINT):
                if self.stopping.is_set():
                    return
                self.attempt("events.create", lambda: self.send_event(fingerprint))

    def make_fingerprint(self):
        number = next(self.numbers)
        machine = f"{self.prefix}-machine-{number}"
        # Each is the fingerprint of another machine: making one that exists would show nothing.
        platform.platform = lambda: machine
        made = self.clients[number % len(self.clients)].fingerprints.create().fingerprint_id
        self.say(f"fingerprint {made}")
        return made

    def send_event(self, fingerprint):
        """To any gateway, so most often to another one than has made the fingerprint."""
        number = next(self.numbers)
        person = f"{self.prefix}-{number}"
        self.clients[number % len(self.clients)].events.create(
            event_name="llm",
            properties=PROPERTIES,
            fingerprint_id=fingerprint,
            agent=f"{self.prefix}-agent-{number % 20}",
            agent_version="v1",
            person=person,
            session=f"{self.prefix}-session-{number % 7}",
        )
        self.say(f"event {person}")

    def attempt(self, operation, call):
        try:
            return call()
        except Exception as error:
            self.say(f"failed {operation} {error!r}")

    def say(self, line):
        with self.printing:
            print(line, flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True, action="append")
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--prefix", required=True, help="begins every name this run makes")
    parser.add_argument("--workers", type=int, default=4)
    arguments = parser.parse_args()
    load = Load(arguments)
    workers = [threading.Thread(target=load.work) for _ in range(arguments.workers)]
    for worker in workers:
        worker.start()
    sys.stdin.read()
    load.stopping.set()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
