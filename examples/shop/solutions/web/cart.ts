/** A shopping cart in the browser. Prices in cents come from the server, one article at a time. */

export interface PriceSource {
  /** The price of one piece; rejects with UnknownSku for an article that is not sold. */
  priceOf(sku: string): Promise<number>;
}

export interface Line {
  sku: string;
  quantity: number;
}

export interface Quote {
  total: number;
  unpriced: string[];
}

export class UnknownSku extends Error {
  constructor(readonly sku: string) {
    super(`unknown article ${sku}`);
    this.name = "UnknownSku";
  }
}

export class Cart {
  private readonly quantities = new Map<string, number>();

  constructor(private readonly prices: PriceSource) {}

  /** Puts pieces of an article into the cart, on top of those already there. */
  add(sku: string, quantity = 1): void {
    if (!Number.isInteger(quantity) || quantity < 1) {
      throw new RangeError(`quantity must be a whole number from 1 on, not ${quantity}`);
    }
    this.quantities.set(sku, (this.quantities.get(sku) ?? 0) + quantity);
  }

  /** Takes pieces out; all of them where no quantity is given. */
  remove(sku: string, quantity = Number.POSITIVE_INFINITY): void {
    const left = (this.quantities.get(sku) ?? 0) - quantity;
    if (left > 0) {
      this.quantities.set(sku, left);
    } else {
      this.quantities.delete(sku);
    }
  }

  /** How many pieces lie in the cart. */
  get count(): number {
    let sum = 0;
    for (const quantity of this.quantities.values()) {
      sum += quantity;
    }
    return sum;
  }

  /** The lines of the cart in the order in which articles came in. */
  lines(): Line[] {
    return Array.from(this.quantities, ([sku, quantity]) => ({ sku, quantity }));
  }

  /** The price of one piece, or null for an article that is not sold (any more). */
  async priceOrNull(sku: string): Promise<number | null> {
    try {
      return await this.prices.priceOf(sku);
    } catch (error) {
      if (error instanceof UnknownSku) {
        return null;
      }
      throw error;
    }
  }

  /** What the cart costs; articles without a price are left out of the total and listed. */
  async quote(): Promise<Quote> {
    const quote: Quote = { total: 0, unpriced: [] };
    for (const { sku, quantity } of this.lines()) {
      const price = await this.priceOrNull(sku);
      if (price === null) {
        quote.unpriced.push(sku);
      } else {
        quote.total += price * quantity;
      }
    }
    return quote;
  }
}
