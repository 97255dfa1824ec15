"""Drives every operation of the published Python client, unmodified, against a running server.

Prints one JSON document of what it did; whoever started it checks that the server shows it. Whatever goes wrong ends
the process with a traceback.
"""

import argparse
import asyncio
import dataclasses
import json
import logging

from voker import VokerClient
from voker.api.client import ApiClient
from voker.schema.base import (
    AgentNotFoundError,
    AgentVersionNotFoundError,
    FingerprintNotFoundError,
    PersonNotFoundError,
    SessionIdEmptyError,
)

import canned_provider
from wrapped_calls import WrappedCalls

PROPERTIES = {"api": "another-api", "inputs": {"prompt": "Hi"}, "output": "Hello there"}
UNKNOWN_FINGERPRINT = "970e9e3c-0b4a-5449-bd7d-ebbfb999dc25"


class DroppedItems(logging.Handler):
    """The queue's worker logs what the server refused and goes on; here that is a failure."""

    def __init__(self):
        super().__init__()
        self.problems = []

    def emit(self, record):
        cause = record.exc_info[1] if record.exc_info else None
        self.problems.append(f"{record.getMessage()}: {cause!r}")


def low_level(client, prefix):
    """The five endpoints of ApiClient. Gives what each operation returned."""
    agent, person = f"{prefix}-low-agent", f"{prefix}-low/person é"
    quoted_person = person.replace("/", "%2F")
    fingerprint = client.fingerprints.create()
    returned = {
        "fingerprints.create": fingerprint,
        "people.create": client.people.create(person_id=person, properties={"plan": "pro", "n": 3}),
        "people.get": client.people.get(person_id=quoted_person),
        "people.update": client.people.update(person_id=quoted_person, properties={"plan": "free"}),
        "agents.create": client.agents.create(agent_name=agent, description="made by the client"),
        "agents.get": client.agents.get(agent_name=agent),
        "agent_versions.create": client.agent_versions.create(agent_name=agent, agent_version_name="v1"),
        "agent_versions.get": client.agent_versions.get(agent_name=agent, agent_version_name="v1"),
        "events.create": client.events.create(
            event_name="llm",
            properties=PROPERTIES,
            session=f"{prefix}-low-session",
            fingerprint_id=fingerprint.fingerprint_id,
            agent=agent,
            agent_version="v1",
            person=person,
        ),
    }
    return {
        name: dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value for name, value in returned.items()
    }


def errors(client, prefix, fingerprint_id):
    """Which error class each refused operation raises."""
    nobody, agent = f"{prefix}-nobody", f"{prefix}-low-agent"
    event = {"event_name": "llm", "properties": PROPERTIES}
    attempts = {
        "people.get": (PersonNotFoundError, lambda: client.people.get(person_id=nobody)),
        "people.update": (PersonNotFoundError, lambda: client.people.update(person_id=nobody, properties={})),
        "agents.get": (AgentNotFoundError, lambda: client.agents.get(agent_name=nobody)),
        "agent_versions.create": (
            AgentNotFoundError,
            lambda: client.agent_versions.create(agent_name=nobody, agent_version_name="v"),
        ),
        "agent_versions.get of no agent": (
            AgentNotFoundError,
            lambda: client.agent_versions.get(agent_name=nobody, agent_version_name="v"),
        ),
        "agent_versions.get of no version": (
            AgentVersionNotFoundError,
            lambda: client.agent_versions.get(agent_name=agent, agent_version_name="none"),
        ),
        "events.create without a fingerprint": (
            FingerprintNotFoundError,
            lambda: client.events.create(**event, session="s", fingerprint_id=UNKNOWN_FINGERPRINT),
        ),
        "events.create with an empty session": (
            SessionIdEmptyError,
            lambda: client.events.create(**event, session="", fingerprint_id=fingerprint_id),
        ),
    }
    return {name: _raised(expected, attempt) for name, (expected, attempt) in attempts.items()}


def _raised(expected, attempt):
    try:
        attempt()
    except expected as error:
        return type(error).__name__
    raise AssertionError(f"{expected.__name__} was not raised")


def high_level(client, prefix):
    """The queued operations of VokerClient; none of them returns anything."""
    client.agents.create(agent_name=f"{prefix}-high-agent", description="queued")
    client.agent_versions.create(agent_name=f"{prefix}-high-agent", agent_version_name="v1", description="queued")
    client.people.create(person_id=f"{prefix}-high-person")
    client.people.update(person_id=f"{prefix}-high-person", properties={"plan": "queued"})
    client.people.create(person_id=f"{prefix}-high-person-2", properties={"plan": "first"})
    for number in range(10):
        client.events.create(
            event_name="llm",
            properties={**PROPERTIES, "number": number},
            session=f"{prefix}-high-session",
            agent=f"{prefix}-high-agent",
            agent_version="v1",
            person=f"{prefix}-high-person",
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--prefix", required=True, help="begins every name this run makes")
    arguments = parser.parse_args()
    dropped = DroppedItems()
    logging.getLogger("voker").addHandler(dropped)

    api_client = ApiClient(base_url=arguments.base_url, api_key=arguments.api_key)
    returned = low_level(api_client, arguments.prefix)
    raised = errors(api_client, arguments.prefix, returned["fingerprints.create"]["fingerprint_id"])

    voker_client = VokerClient(base_url=arguments.base_url, api_key=arguments.api_key)
    high_level(voker_client, arguments.prefix)
    calls = WrappedCalls(voker_client, canned_provider.start(), arguments.prefix)
    calls.openai()
    calls.anthropic()
    calls.gemini()
    for call in (calls.openai_async, calls.anthropic_async, calls.gemini_async):
        asyncio.run(call())
    # Waits until everything queued was sent.
    voker_client.close()
    if dropped.problems:
        raise AssertionError("\n".join(dropped.problems))
    print(json.dumps({"returned": returned, "raised": raised, "sessions": calls.sessions}, default=str))


if __name__ == "__main__":
    main()
