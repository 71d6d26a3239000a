/** The browser's permission to reach machines of the local network: Chrome asks since 142, others do not ask. */

export async function localNetworkPermission(): Promise<PermissionState | "unknown"> {
  try {
    return (await navigator.permissions.query({ name: "local-network-access" as PermissionName })).state;
  } catch {
    return "unknown"; // no such permission here, or no permissions at all
  }
}
