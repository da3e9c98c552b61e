try:
    from missing_module_of_ours import work
except ImportError:
    from fallback import work

work()
