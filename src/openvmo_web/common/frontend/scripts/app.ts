import { startAppearance } from "./appearance";
import { startCells } from "./cells";
import { startForms } from "./forms";
import { startGrids } from "./grid";
import { startMenus } from "./menus";
import { startNavigation } from "./navigation";
import { startProgress } from "./progress";
import { startTables } from "./tables";
import { startToasts } from "./toasts";

startAppearance();
startNavigation();
startMenus();
startTables();
startCells();
startForms();
startGrids();
startToasts();
startProgress();
