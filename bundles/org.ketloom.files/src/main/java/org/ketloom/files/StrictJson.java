package org.ketloom.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads JSON (RFC 8259) strictly: one value and nothing after it, every key of an object once,
 * finite numbers alone. What is wrong is told with its line and column, or with its path.
 */
public final class StrictJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** What Jackson says, and what a person who wrote the file can use of it. */
  private static final Map<Pattern, String> REASONS =
      Map.ofEntries(
          reason("Unexpected character \\('?(.+?)'? \\(code .*", "unexpected %s"),
          reason("Unexpected close marker '(.)'.*", "unexpected %s"),
          reason("Unexpected end-of-input.*", "the text ends too early"),
          reason("No content to map.*", "the text is empty"),
          reason("Duplicate field '(.*)'.*", "\"%s\" is given twice"),
          reason("Trailing token.*", "there is more after the end of the value"),
          reason("Non-standard token '(.*?)'.*", "numbers must be finite, found '%s'"),
          reason("Unrecognized token '(.*?)'.*", "unexpected %s"),
          reason(
              "Illegal unquoted character \\(.*",
              "text has a line break or another control character that is not escaped"),
          reason(
              "Document nesting depth .*the maximum allowed \\((\\d+),.*",
              "lists and objects are nested more than %s deep"),
          reason(
              "Number value length .*the maximum allowed \\((\\d+),.*",
              "a number has more than %s digits"),
          reason(
              "(?:String value|Name) length .*the maximum allowed \\((\\d+),.*",
              "a text has more than %s characters"),
          reason("Invalid numeric value: (.*)", "not a number: %s"));

  private static Map.Entry<Pattern, String> reason(String jackson, String words) {
    return Map.entry(Pattern.compile(jackson), words);
  }

  /** Far more than anybody writes by hand, or Ketloom for itself. */
  private static final int LARGEST = 64 << 20;

  private static final int LONGEST_QUOTE = 60;

  private StrictJson() {}

  /**
   * Reads a text.
   *
   * @param source where it comes from, with which messages begin
   * @throws IllegalArgumentException naming the source and what is wrong
   */
  public static JsonNode parse(String text, String source) {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          source + where(e.getLocation()) + ": not valid JSON: " + reason(e), e);
    }
    if (node.isMissingNode()) {
      throw new IllegalArgumentException(source + ": not valid JSON: the text is empty");
    }
    requireFinite(node, source + ": ", "");
    return node;
  }

  /**
   * Reads a text that holds an object.
   *
   * @throws IllegalArgumentException as {@link #parse}, or if it holds another value
   */
  public static ObjectNode object(String text, String source) {
    if (parse(text, source) instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException(source + ": a JSON object is expected");
  }

  /**
   * Reads a file of UTF-8 that holds an object.
   *
   * @throws IOException naming the file that can't be read
   * @throws IllegalArgumentException as {@link #object}
   */
  public static ObjectNode object(Path file) throws IOException {
    return object(text(file), file.toString());
  }

  /**
   * The text of a regular file in UTF-8, of at most 64 MB.
   *
   * @throws IOException naming the file and why it can't be read
   */
  public static String text(Path file) throws IOException {
    try {
      return RegularFile.text(file, LARGEST);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " can't be read: it is not text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException(file + " can't be read: " + Causes.of(e), e);
    }
  }

  /** A value in JSON as a message quotes it: in one line, and not much of it. */
  public static String quote(JsonNode value) {
    String text = Untrusted.printable(value.toString());
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE - 3) + "..." : text;
  }

  private static String where(JsonLocation at) {
    return at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  private static String reason(JsonProcessingException e) {
    String message = e.getOriginalMessage().lines().findFirst().orElse("");
    for (Map.Entry<Pattern, String> known : REASONS.entrySet()) {
      Matcher matcher = known.getKey().matcher(message);
      if (matcher.matches()) {
        return matcher.groupCount() == 0
            ? known.getValue()
            : known.getValue().formatted(matcher.group(1));
      }
    }
    // Its other messages end in a place within Jackson's buffer, or in advice to a programmer.
    return message.replaceAll("\\s*\\(start marker at.*|\\s*at \\[Source:.*|: was expecting.*", "");
  }

  private static void requireFinite(JsonNode node, String source, String path) {
    if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException(
          source
              + (path.isEmpty() ? "the value" : path)
              + " should be a finite number, and is beyond the range of double precision");
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        requireFinite(node.get(i), source, path + "[" + i + "]");
      }
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              field ->
                  requireFinite(
                      field.getValue(),
                      source,
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey()));
    }
  }
}
