"""Every call that the wrappers of the published client record, each in a session of its own."""

import anthropic
from google.genai import types as genai_types
from voker.ai import provider_anthropic, provider_gemini, provider_openai

CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}]}
CHAT_STREAM = {**CHAT, "stream": True, "stream_options": {"include_usage": True}}
RESPONSE = {"model": "gpt-4o-mini", "input": "Hi"}
MESSAGE = {"model": "claude-sonnet-4-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}
CONTENT = {"model": "gemini-2.5-flash", "contents": "Hi"}
INTERACTION = {"model": "gemini-2.5-flash", "input": "Hi"}
SECRET_HEADER = {"extra_headers": {"Authorization": "Bearer sk-must-never-be-stored", "x-trace": "kept"}}


class WrappedCalls:
    """Makes the calls and remembers under which session each should appear."""

    def __init__(self, voker_client, provider_url, prefix):
        self._voker_client = voker_client
        self._provider_url = provider_url
        self._prefix = prefix
        self.sessions = {}

    def _tracked(self, label):
        self.sessions[label] = f"{self._prefix}-{label}"
        return {
            "voker_agent": f"{self._prefix}-agent",
            "voker_agent_version": "v1",
            "voker_person": f"{self._prefix}-person",
            "voker_session": self.sessions[label],
        }

    def openai(self):
        client = provider_openai.OpenAI(self._voker_client, api_key="canned", base_url=f"{self._provider_url}/v1")
        client.chat.completions.create(**self._tracked("openai-chat"), **CHAT, **SECRET_HEADER)
        _drain(client.chat.completions.create(**self._tracked("openai-chat-stream"), **CHAT_STREAM))
        client.responses.create(**self._tracked("openai-responses"), **RESPONSE)
        _drain(client.responses.create(**self._tracked("openai-responses-stream"), **RESPONSE, stream=True))

    async def openai_async(self):
        client = provider_openai.AsyncOpenAI(self._voker_client, api_key="canned", base_url=f"{self._provider_url}/v1")
        await client.chat.completions.create(**self._tracked("openai-async-chat"), **CHAT)
        await _drain_async(await client.chat.completions.create(**self._tracked("openai-async-chat-stream"), **CHAT_STREAM))
        await client.responses.create(**self._tracked("openai-async-responses"), **RESPONSE)
        stream = await client.responses.create(**self._tracked("openai-async-responses-stream"), **RESPONSE, stream=True)
        await _drain_async(stream)

    def anthropic(self):
        client = provider_anthropic.Anthropic(self._voker_client, api_key="canned", base_url=self._provider_url)
        client.messages.create(**self._tracked("anthropic-messages"), **MESSAGE, temperature=anthropic.NOT_GIVEN)
        _drain(client.messages.create(**self._tracked("anthropic-messages-stream"), **MESSAGE, stream=True))
        client.beta.messages.create(**self._tracked("anthropic-beta-messages"), **MESSAGE)
        _drain(client.beta.messages.create(**self._tracked("anthropic-beta-messages-stream"), **MESSAGE, stream=True))

    async def anthropic_async(self):
        client = provider_anthropic.AsyncAnthropic(self._voker_client, api_key="canned", base_url=self._provider_url)
        await client.messages.create(**self._tracked("anthropic-async-messages"), **MESSAGE)
        stream = await client.messages.create(**self._tracked("anthropic-async-messages-stream"), **MESSAGE, stream=True)
        await _drain_async(stream)
        await client.beta.messages.create(**self._tracked("anthropic-async-beta-messages"), **MESSAGE)
        beta = client.beta.messages.create(**self._tracked("anthropic-async-beta-messages-stream"), **MESSAGE, stream=True)
        await _drain_async(await beta)

    def _gemini(self):
        options = genai_types.HttpOptions(base_url=self._provider_url)
        return provider_gemini.Client(self._voker_client, api_key="canned", http_options=options)

    def gemini(self):
        client = self._gemini()
        client.models.generate_content(**self._tracked("gemini-models"), **CONTENT)
        _drain(client.models.generate_content_stream(**self._tracked("gemini-models-stream"), **CONTENT))
        client.interactions.create(**self._tracked("gemini-interactions"), **INTERACTION)
        with client.interactions.create(**self._tracked("gemini-interactions-stream"), **INTERACTION, stream=True) as stream:
            _drain(stream)

    async def gemini_async(self):
        client = self._gemini().aio
        await client.models.generate_content(**self._tracked("gemini-async-models"), **CONTENT)
        await _drain_async(client.models.generate_content_stream(**self._tracked("gemini-async-models-stream"), **CONTENT))
        await client.interactions.create(**self._tracked("gemini-async-interactions"), **INTERACTION)
        stream = await client.interactions.create(
            **self._tracked("gemini-async-interactions-stream"), **INTERACTION, stream=True
        )
        async with stream:
            await _drain_async(stream)


def _drain(stream):
    for _part in stream:
        pass


async def _drain_async(stream):
    async for _part in stream:
        pass
