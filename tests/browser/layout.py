"""Whether everything on an explorer can be seen whole, beside everything else."""

from playwright.sync_api import Locator

FAULTS = """root => {
    const faults = [], rules = document.createElement('canvas').getContext('2d');
    const told = part => `${part.tagName} ${part.className} ${part.textContent}`.slice(0, 90);
    const parts = [...root.querySelectorAll(
        'button, input, select, textarea, canvas, label, .noUi-target, .widget-readout,'
        + ' .widget-html-content, .jupyter-widget-Collapse-header'
    )].filter(part => part.checkVisibility() && part.getBoundingClientRect().width);
    const room = root.getBoundingClientRect();
    const boxes = new Map(parts.map(part => [part, part.getBoundingClientRect()]));
    for (const [part, box] of boxes) {
        if (box.right > Math.min(room.right, innerWidth) + 1 || box.left < room.left - 1)
            faults.push(`out of the room: ${told(part)}`);
        const isText = part.matches('label, button, input[type=text], .widget-readout');
        if (isText && part.scrollWidth > part.clientWidth + 1) faults.push(`cut: ${told(part)}`);
        if (part.tagName === 'SELECT') {
            const { font, paddingLeft, paddingRight } = getComputedStyle(part);
            Object.assign(rules, { font });
            const words = rules.measureText(part.selectedOptions[0].textContent).width;
            const room = part.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
            if (words > room + 1) faults.push(`cut: ${told(part)}`);
        }
        for (const [other, its] of boxes) {
            if (part === other || part.contains(other) || other.contains(part)) continue;
            const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
            const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
            if (across > 1 && down > 1) faults.push(`overlap: ${told(part)} and ${told(other)}`);
        }
    }
    for (const up of [root, root.parentElement, root.closest('.jp-OutputArea')])
        if (up.scrollWidth > up.clientWidth + 1) faults.push(`to be scrolled: ${told(up)}`);
    return [...new Set(faults)];
}"""


def cut_or_overlapping(root: Locator) -> list[str]:
    """What sticks out of its room, what is cut off, what covers something else."""
    return root.evaluate(FAULTS)
