import asyncio


class Client:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None


async def fetch():
    return 1


async def pages():
    yield 1


async def main():
    async with Client():
        await fetch()
    async for page in pages():
        print(page)


asyncio.run(main())
