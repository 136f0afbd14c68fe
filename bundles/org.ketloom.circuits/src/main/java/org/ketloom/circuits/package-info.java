/**
 * Circuits in files and for people: as JSON with their inputs ({@link
 * org.ketloom.circuits.CircuitFile}), as OpenQASM 3 ({@link org.ketloom.circuits.OpenQasm}), drawn
 * as text ({@link org.ketloom.circuits.CircuitDrawing}), as SVG ({@link
 * org.ketloom.circuits.CircuitSvg}) and for LaTeX ({@link org.ketloom.circuits.CircuitLatex}).
 *
 * <pre>{@code
 * CircuitFile file = CircuitFile.read(Path.of("bell.json"));
 * System.out.print(CircuitDrawing.unicode().draw(file.circuit(), 80));
 * System.out.print(OpenQasm.write(file.circuit()));
 * CircuitResults results = file.evaluate(engine, Precision.DOUBLE);
 * }</pre>
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.circuits;
