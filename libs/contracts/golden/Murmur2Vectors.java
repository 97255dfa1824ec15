import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Utils;

/**
 * Prints murmur2-java.json: what Kafka's own client computes for keys of every kind.
 *
 * <p>To repeat: mvn dependency:copy -Dartifact=org.apache.kafka:kafka-clients:4.3.1 -DoutputDirectory=.
 * and java -cp kafka-clients-4.3.1.jar Murmur2Vectors.java > murmur2-java.json
 */
public final class Murmur2Vectors {
    private static final int[] PARTITION_COUNTS = {1, 6, 12, 50};

    public static void main(String[] arguments) {
        StringBuilder out = new StringBuilder();
        out.append("{\n  \"source\": \"Murmur2Vectors.java on org.apache.kafka:kafka-clients:4.3.1: ");
        out.append("Utils.murmur2 and Utils.toPositive(murmur2) % partitions, of the key in UTF-8\",\n");
        out.append("  \"vectors\": [\n");
        List<String> keys = keys();
        for (int i = 0; i < keys.size(); i++) {
            out.append(line(keys.get(i))).append(i + 1 < keys.size() ? ",\n" : "\n");
        }
        out.append("  ]\n}");
        System.out.println(out);
    }

    private static List<String> keys() {
        List<String> keys = new ArrayList<>();
        // Every remainder of the length by four, from empty on: the last one to three bytes are mixed in apart.
        for (int length = 0; length <= 20; length++) keys.add("abcdefghijklmnopqrst".substring(0, length));
        for (int i = 1; i <= 8; i++) keys.add("default/session-" + i * 7919);
        keys.addAll(List.of("default/agents", "acme/agents", "acme/people/user@example.com", "acme/people/a b/c",
            "acme/fingerprints/970e9e3c-0b4a-8449-bd7d-ebbfb999dc25", "acme/0198c0de-0000-7000-8000-000000000001"));
        // Two, three and four bytes a character; right to left; combining marks; the ends of the ranges.
        keys.addAll(List.of("ü", "é", "e\u0301", "Größe", "日本", "日本語のセッション", "Привет", "שלום", "नमस्ते", "\uD83D\uDE00",
            "acme/\uD83D\uDC69\u200D\uD83D\uDE80", "\uD83C\uDDE9\uD83C\uDDEA", "\u0080", "\u07FF", "\u0800", "\uFFFD", "\uFFFF",
            "\uD800\uDC00", "\uDBFF\uDFFF"));
        keys.addAll(List.of(" ", "/", "//", "\"\\", "%2F", "a\tb", "~~~~"));
        for (int length : new int[] {4093, 4094, 4095, 4096}) keys.add("Logbook/".repeat(512).substring(0, length));
        return keys;
    }

    private static String line(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        StringBuilder partitions = new StringBuilder();
        for (int count : PARTITION_COUNTS) {
            if (partitions.length() > 0) partitions.append(", ");
            partitions.append('"').append(count).append("\": ").append(Utils.toPositive(Utils.murmur2(bytes)) % count);
        }
        return "    {\"key\": " + json(key) + ", \"murmur2\": " + Utils.murmur2(bytes) + ", \"partitions\": {" + partitions + "}}";
    }

    private static String json(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 0x20 || c > 0x7e) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }
}
