// Places the box of a figure beside it, and opens the figure that an address names.
(() => {
  let opener = null;

  const place = (box) => {
    box.style.cssText = "";
    if (!opener || window.innerWidth < 600) return;
    const at = opener.getBoundingClientRect();
    const size = box.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left), window.innerWidth - size.width - 24);
    const fits = at.bottom + 8 + size.height < window.innerHeight;
    const top = fits ? at.bottom + 6 : Math.max(8, at.top - size.height - 6);
    box.style.cssText = `inset: ${top}px auto auto ${left}px; margin: 0`;
  };

  document.addEventListener("click", (event) => {
    opener = event.target.closest("button[popovertarget]") || opener;
  }, true);

  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".prints") && event.newState === "open") place(event.target);
  }, true);

  const reveal = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = name && document.getElementById(name);
    if (!target) return;
    target.closest("details")?.setAttribute("open", "");
    const button = target.closest("td, th, caption, li, p")?.querySelector(`button[data-claims~="${CSS.escape(name)}"]`);
    if (!button) return;
    button.scrollIntoView({ block: "center" });
    opener = button;
    document.getElementById(button.getAttribute("popovertarget"))?.showPopover?.();
  };
  window.addEventListener("hashchange", reveal);
  window.addEventListener("load", reveal);
})();
