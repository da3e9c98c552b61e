class Account {
  #total = 0;

  get total() {
    return this.#read();
  }

  set total(value) {
    this.#write(value);
  }

  #read() {
    return this.#total;
  }

  #write(value) {
    this.#total = check(value);
  }

  static open() {
    return new Account();
  }
}

function check(value) {
  return value;
}

const account = Account.open();
account.total = 3;
console.log(account.total);
