class Button {
  constructor(onClick) {
    this.onClick = onClick;
  }

  click() {
    this.onClick();
  }
}

class Page {
  constructor() {
    this.count = this.count.bind(this);
    this.button = new Button(this.count);
    this.other = new Button(() => this.reset());
  }

  count() {
    this.render();
  }

  reset() {
    this.render();
  }

  render() {}
}

const page = new Page();
page.button.click();
page.other.click();
