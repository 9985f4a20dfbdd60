"""The voice over HTTP (OpenAI's API and a page) and Wyoming: an asyncio process before worker processes.

client -> guard -> app -> pool -> worker process -> runtime.Voice
"""
