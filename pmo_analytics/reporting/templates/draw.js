// Draws each chart twice: for the screen at its own width, again when that changes, and for A4 once.
(() => {
  "use strict";
  const PRINT_WIDTH = 680, NARROW = 480, PANEL = 220, GAP = 20, PANEL_AXIS = 32;
  const LOCALE = JSON.parse(document.getElementById("chart-locale")?.textContent || "{}");
  const OPTIONS = { ...LOCALE, actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: { theme: "pmo" } };

  const sized = (spec, width) => {
    const meta = spec.usermeta || {};
    if (spec.facet) {
      spec.columns = Math.max(1, Math.floor((width + GAP) / (PANEL + GAP)));
      spec.spec.width = Math.floor((width - PANEL_AXIS - GAP * (spec.columns - 1)) / spec.columns) - 1;
      return spec;
    }
    spec.width = width;
    spec.autosize = { type: "fit-x", contains: "padding" };
    if (width < NARROW && meta.narrow_filter) {
      spec.transform = [{ filter: meta.narrow_filter }, ...(spec.transform || [])];
    }
    return spec;
  };

  const draw = (place, width) => {
    if (!(width > 0)) return Promise.resolve();
    const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
    return vegaEmbed(place, sized(spec, width), OPTIONS).then((result) => {
      if (place.view) place.view.finalize();
      place.view = result.view;
      place.drawnAt = width;
      place.dataset.drawn = "yes";
    }).catch((problem) => {
      console.error(problem);
      place.textContent = "This chart could not be drawn; its figures stand in the table below.";
    });
  };

  const drawAll = () => Promise.all([...document.querySelectorAll(".chart")]
    .filter((place) => place.clientWidth !== place.drawnAt)
    .map((place) => draw(place, place.clientWidth)));

  drawAll();
  document.querySelectorAll(".chart-print").forEach((place) => draw(place, PRINT_WIDTH));
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (!matchMedia("print").matches) drawAll(); }, 150);
  });
})();
