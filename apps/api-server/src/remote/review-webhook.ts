import { type Client, createClient, loadKubeconfig } from '@windlass/client';

/** A service that answers reviews, at the URL of a kubeconfig's cluster, as kube-apiserver's webhooks are configured. */
export class ReviewWebhook {
  readonly #client: Client;
  readonly #path: string;

  /** @param kubeconfig path of the file @throws Error when it cannot be read */
  constructor(kubeconfig: string) {
    const connection = loadKubeconfig(kubeconfig);
    const { pathname, origin } = new URL(connection.server);
    this.#path = pathname;
    this.#client = createClient({ ...connection, server: origin }, { userAgent: 'kube-apiserver' });
  }

  /** Posts a review and reads it back with its status. @throws Error when there is no answer to use */
  async ask<T extends object>(review: T, timeoutMs: number): Promise<T> {
    const answer = await this.#client.request<unknown>({ method: 'POST', path: this.#path, body: review, timeoutMs });
    if (typeof answer !== 'object' || answer === null) throw new Error('the webhook answered no JSON object');
    return answer as T;
  }

  close(): void {
    this.#client.close();
  }
}
