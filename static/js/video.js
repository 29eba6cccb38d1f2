/**
 * An uploaded video that outlives its address. The player is led to a signed address that works
 * for five minutes, and goes on asking it for parts; when that is refused it stops with a network
 * error. Then the door is asked again (it checks the access anew) and the film goes on at its
 * place. An error that comes back at the same place is shown as it is.
 */
export function mount(video) {
  const door = video.getAttribute("src");
  let failedAt = -1;
  let renewed = 0;

  const onError = () => {
    const at = video.currentTime || Math.max(0, failedAt);
    if (video.error?.code === MediaError.MEDIA_ERR_DECODE || at === failedAt) return;
    const playing = !video.paused;
    failedAt = at;
    renewed += 1;
    video.addEventListener("loadedmetadata", () => {
      video.currentTime = at;
      if (playing) video.play().catch(() => {});
    }, { once: true });
    video.src = `${door}?again=${renewed}`;
    video.load();
  };
  video.addEventListener("error", onError);
  if (video.error) onError(); // it may have failed before this module was there
  return () => video.removeEventListener("error", onError);
}
