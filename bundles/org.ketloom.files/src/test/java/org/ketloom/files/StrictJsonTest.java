package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\": 1,¶ \"a\": 2} | here, line 2, column 5: not valid JSON: \"a\" is given twice",
        "{\"a\": 1} {} | here, line 1, column 10: not valid JSON: there is more after the end of the value",
        "{\"a\": ] | here, line 1, column 7: not valid JSON: unexpected ]",
        "{\"a\": [1, 2} | here, line 1, column 12: not valid JSON: unexpected }",
        "{\"a\": 1 | here, line 1, column 8: not valid JSON: the text ends too early",
        "{\"a\": yes} | here, line 1, column 10: not valid JSON: unexpected yes",
        "{\"a\": NaN} | here, line 1, column 10: not valid JSON: numbers must be finite, found 'NaN'",
        "{\"a\": \"b¶\"} | here, line 1, column 9: not valid JSON: text has a line break or another control character that is not escaped",
        "{\"a\": {\"b\": [0, 1e999]}} | here: a.b[1] should be a finite number, and is beyond the range of double precision",
        "`` | here: not valid JSON: the text is empty",
        "[] | here: a JSON object is expected"
      })
  void tellsWhatIsWrongInPlainWords(String json, String message) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> StrictJson.object(json.strip().replace('¶', '\n'), "here"));
    assertEquals(message.strip(), e.getMessage());
  }

  @Test
  void namesTheFileThatCantBeRead() throws IOException {
    Path none = folder.resolve("none.json");
    IOException missing = assertThrows(IOException.class, () -> StrictJson.object(none));
    assertEquals(none + ": there is no such file", missing.getMessage());
    Path latin = Files.write(folder.resolve("latin.json"), new byte[] {'"', (byte) 0xe9, '"'});
    IOException other = assertThrows(IOException.class, () -> StrictJson.object(latin));
    assertTrue(other.getMessage().endsWith("latin.json can't be read: it is not text in UTF-8"));
  }

  @Test
  void whatIsTooDeepOrTooLongIsToldAsSuch() {
    assertReason("[".repeat(2000), "lists and objects are nested more than 1000 deep");
    assertReason("1".repeat(2000), "a number has more than 1000 digits");
    assertReason("0." + "1".repeat(2000), "a number has more than 1000 digits");
    assertReason("\"" + "a".repeat(21_000_000) + "\"", "a text has more than 20000000 characters");
    assertReason("{\"" + "a".repeat(60_000) + "\": 1}", "a text has more than 50000 characters");
  }

  private static void assertReason(String json, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> StrictJson.parse(json, "here"))
            .getMessage();
    assertTrue(message.endsWith("not valid JSON: " + reason), message);
  }

  @Test
  @Timeout(30)
  void onlyRegularFilesAreRead() throws Exception {
    Path pipe = folder.resolve("pipe.json");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    String message = assertThrows(IOException.class, () -> StrictJson.object(pipe)).getMessage();
    assertEquals(
        pipe + " can't be read: " + pipe + " is a named pipe, not a regular file", message);
  }

  @Test
  void aMessageQuotesALittleInOneLine() {
    JsonNode value = StrictJson.parse("{\"a\": \"\\u202e" + "b".repeat(200) + "\"}", "here");
    String quoted = StrictJson.quote(value);
    assertEquals("{\"a\":\"\uFFFD" + "b".repeat(50) + "...", quoted);
  }
}
