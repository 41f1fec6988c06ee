// The page of the models: the plots of the active ensemble's evaluation.

import { showPlots } from "./plots.js";

showPlots(document.querySelector("[data-plots]"));
