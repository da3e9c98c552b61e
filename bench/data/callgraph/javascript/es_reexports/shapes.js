export function circle() {}

export function square() {}

export class Grid {
  draw() {
    circle();
  }
}
