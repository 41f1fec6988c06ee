// The dashboards of a campaign.

import { showPlots } from "./plots.js";

showPlots(document.querySelector("[data-plots]"));
