// Files that programs load, compressed by the build.

/** Lets the browser answer its reader before the next piece of work. */
export function pause(): Promise<void> {
  return new Promise((go) => setTimeout(go));
}

/** Fetches a file of JSON. */
export async function fetchJson<T>(url: string): Promise<T> {
  const read = JSON.parse(new TextDecoder().decode(await fetchBytes(url))) as T;
  await pause();
  return read;
}

/** Fetches a file, which the server may have decompressed already. */
export async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.replace(/\?.*/, "")} could not be loaded (${response.status})`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}
