function greet() {
  return this.name;
}

greet.call({ name: "a" });
greet.apply({ name: "b" }, []);
greet.bind({ name: "c" })();
