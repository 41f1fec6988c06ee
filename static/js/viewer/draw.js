// Drawing marks on a canvas. Every line twice: the sky below it may be as bright as the line, so it stands on a rim.

/** `side` in CSS px; `colours` of rim and line. */
export function drawMarks(context, marks, { side, colours }) {
  context.clearRect(0, 0, side, side);
  context.lineJoin = context.lineCap = "round";
  context.textBaseline = "middle";
  const widths = [Math.max(3.5, side / 110), Math.max(1.5, side / 260)];
  for (const { lines, texts } of marks) {
    for (const pass of [0, 1]) {
      context.strokeStyle = colours[pass];
      context.lineWidth = widths[pass];
      for (const line of lines) stroke(context, line);
    }
    for (const text of texts) write(context, text, colours);
  }
}

function stroke(context, line) {
  context.beginPath();
  line.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

function write(context, { text, at: [x, y], size, align }, [rim, colour]) {
  context.font = `600 ${Math.round(size)}px system-ui, sans-serif`;
  context.textAlign = align;
  context.strokeStyle = rim;
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
