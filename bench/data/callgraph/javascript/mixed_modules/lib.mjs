export function helper() {
  inner();
}

const inner = function () {};

export default function main() {}
