def task(): ...


def call(function):
    function()


def forward(*args, **kwargs):
    call(*args, **kwargs)


forward(task)
task()
