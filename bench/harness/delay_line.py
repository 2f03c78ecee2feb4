"""A link with a delay: a TCP proxy on loopback that hands every byte on a fixed time after it came, both ways."""
import asyncio
import threading

from .processes import free_port


class DelayLine:
    """A context manager; listens on `port` and leads to `target_port`. Runs on a thread of its own."""

    def __init__(self, target_port, seconds):
        self.port, self.target_port, self.seconds = free_port(), target_port, seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server = None

    def __enter__(self):
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._link, "127.0.0.1", self.port), self._loop).result()
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self):
        self._server.close()
        ours = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in ours:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)

    async def _link(self, near_reader, near_writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        try:
            await asyncio.gather(self._carry(near_reader, far_writer), self._carry(far_reader, near_writer))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            near_writer.close()
            far_writer.close()

    async def _carry(self, reader, writer):
        """Bytes keep their order: each of their timers is as long as the one before."""
        while data := await reader.read(65536):
            self._loop.call_later(self.seconds, writer.write, data)
        self._loop.call_later(self.seconds, writer.close)
