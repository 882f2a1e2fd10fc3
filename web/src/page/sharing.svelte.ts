import { share } from "./share.js";

/** What became of an address that was sent: said as long as what it shows is what is there. */
export class Sharing {
  private sent = $state.raw({ address: "", said: "" });

  async send(title: string, address: string): Promise<void> {
    this.sent = { address, said: await share(title, address) };
  }
  saidOf(address: string): string {
    return address === this.sent.address ? this.sent.said : "";
  }
}
