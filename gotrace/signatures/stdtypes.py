"""The standard library's common types, as Go text that is read when a package is first asked for.

Only what was the same in every release from go1.15 to go1.27 stands here (compared field by field
with the sources of these releases for linux; ``tests/test_prototypes.py`` does it again where the
toolchains are). A type that changed, such as ``sync.Mutex`` (go1.24), ``netip.Addr`` (go1.23) or
``url.URL`` (go1.19), is left out, and so ``Kind.UNKNOWN``: its width is solved, not guessed. Of
structs with fields of their own only those are here that are passed by value or often pointed at.
``time.Time`` has its three words since go1.9 (before: sec int64, nsec int32, loc *Location).
Parameters of func types and methods of interfaces decide nothing and are left out."""

from __future__ import annotations

# Import path: what stands between the parentheses of "type (…)".
STANDARD: dict[str, str] = {
    "bufio": """
        ReadWriter struct{*Reader; *Writer}; SplitFunc func()
    """,
    "bytes": """
        Buffer struct{buf []byte; off int; lastRead readOp}; Reader struct{s []byte; i int64;
        prevRune int}; readOp int8
    """,
    "cmp": """
        Ordered interface{}
    """,
    "context": """
        CancelCauseFunc func(); CancelFunc func(); Context interface{}
    """,
    "crypto": """
        Decapsulator interface{}; Decrypter interface{}; DecrypterOpts any; Encapsulator
        interface{}; Hash uint; MessageSigner interface{}; PrivateKey any; PublicKey any; Signer
        interface{}; SignerOpts interface{}
    """,
    "crypto/cipher": """
        AEAD interface{}; Block interface{}; BlockMode interface{}; Stream interface{};
        StreamReader struct{S Stream; R io.Reader}; StreamWriter struct{S Stream; W io.Writer; Err
        error}
    """,
    "crypto/tls": """
        AlertError uint8; Certificate struct{Certificate [][]byte; PrivateKey crypto.PrivateKey;
        SupportedSignatureAlgorithms []SignatureScheme; OCSPStaple []byte;
        SignedCertificateTimestamps [][]byte; Leaf *x509.Certificate};
        CertificateVerificationError struct{UnverifiedCertificates []*x509.Certificate; Err
        error}; CipherSuite struct{ID uint16; Name string; SupportedVersions []uint16; Insecure
        bool}; ClientAuthType int; ClientSessionCache interface{}; CurveID uint16; Dialer
        struct{NetDialer *net.Dialer; Config *Config}; ECHRejectionError struct{RetryConfigList
        []byte}; EncryptedClientHelloKey struct{Config []byte; PrivateKey []byte; SendAsRetry
        bool}; QUICEncryptionLevel int; QUICEventKind int; RecordHeaderError struct{Msg string;
        RecordHeader [5]byte; Conn net.Conn}; RenegotiationSupport int; SignatureScheme uint16
    """,
    "crypto/x509": """
        CertificateInvalidError struct{Cert *Certificate; Reason InvalidReason; Detail string};
        ConstraintViolationError struct{}; ExtKeyUsage int; HostnameError struct{Certificate
        *Certificate; Host string}; InsecureAlgorithmError SignatureAlgorithm; InvalidReason int;
        KeyUsage int; OID struct{der []byte}; PEMCipher int; PolicyMapping
        struct{IssuerDomainPolicy OID; SubjectDomainPolicy OID}; PublicKeyAlgorithm int;
        RevocationListEntry struct{Raw []byte; SerialNumber *big.Int; RevocationTime time.Time;
        ReasonCode int; Extensions []pkix.Extension; ExtraExtensions []pkix.Extension};
        SignatureAlgorithm int; SystemRootsError struct{Err error}; UnhandledCriticalExtension
        struct{}
    """,
    "database/sql": """
        DBStats struct{MaxOpenConnections int; OpenConnections int; InUse int; Idle int; WaitCount
        int64; WaitDuration time.Duration; MaxIdleClosed int64; MaxIdleTimeClosed int64;
        MaxLifetimeClosed int64}; IsolationLevel int; NullBool struct{Bool bool; Valid bool};
        NullByte struct{Byte byte; Valid bool}; NullFloat64 struct{Float64 float64; Valid bool};
        NullInt16 struct{Int16 int16; Valid bool}; NullInt32 struct{Int32 int32; Valid bool};
        NullInt64 struct{Int64 int64; Valid bool}; NullString struct{String string; Valid bool};
        NullTime struct{Time time.Time; Valid bool}; RawBytes []byte; Result interface{}; Scanner
        interface{}; TxOptions struct{Isolation IsolationLevel; ReadOnly bool}; Null[T any]
        struct{V T; Valid bool}
    """,
    "database/sql/driver": """
        Conn interface{}; ConnBeginTx interface{}; Connector interface{}; Driver interface{};
        DriverContext interface{}; IsolationLevel int; NamedValue struct{Name string; Ordinal int;
        Value Value}; NamedValueChecker interface{}; NotNull struct{Converter ValueConverter};
        Null struct{Converter ValueConverter}; Pinger interface{}; Result interface{}; Rows
        interface{}; RowsAffected int64; SessionResetter interface{}; Stmt interface{}; Tx
        interface{}; TxOptions struct{Isolation IsolationLevel; ReadOnly bool}; Validator
        interface{}; Value any; ValueConverter interface{}; Valuer interface{}
    """,
    "embed": """
        FS struct{files *[]file}
    """,
    "encoding": """
        BinaryAppender interface{}; BinaryMarshaler interface{}; BinaryUnmarshaler interface{};
        TextAppender interface{}; TextMarshaler interface{}; TextUnmarshaler interface{}
    """,
    "encoding/binary": """
        AppendByteOrder interface{}; ByteOrder interface{}
    """,
    "encoding/json": """
        Delim rune; InvalidUTF8Error struct{S string}; InvalidUnmarshalError struct{Type
        reflect.Type}; Marshaler interface{}; Number string; RawMessage []byte; Token any;
        UnmarshalFieldError struct{Key string; Type reflect.Type; Field reflect.StructField};
        Unmarshaler interface{}; UnsupportedTypeError struct{Type reflect.Type};
        UnsupportedValueError struct{Value reflect.Value; Str string}
    """,
    "encoding/xml": """
        Attr struct{Name Name; Value string}; CharData []byte; Comment []byte; Directive []byte;
        EndElement struct{Name Name}; Marshaler interface{}; MarshalerAttr interface{}; Name
        struct{Space, Local string}; ProcInst struct{Target string; Inst []byte}; StartElement
        struct{Name Name; Attr []Attr}; SyntaxError struct{Msg string; Line int}; TagPathError
        struct{Struct reflect.Type; Field1, Tag1 string; Field2, Tag2 string}; Token any;
        TokenReader interface{}; UnmarshalError string; Unmarshaler interface{}; UnmarshalerAttr
        interface{}; UnsupportedTypeError struct{Type reflect.Type}
    """,
    "flag": """
        ErrorHandling int; Flag struct{Name string; Usage string; Value Value; DefValue string};
        Getter interface{}; Value interface{}
    """,
    "fmt": """
        Formatter interface{}; GoStringer interface{}; ScanState interface{}; Scanner interface{};
        State interface{}; Stringer interface{}
    """,
    "go/token": """
        Pos int; Position struct{Filename string; Offset int; Line int; Column int}; Token int
    """,
    "hash": """
        Cloner interface{}; Hash interface{}; Hash32 interface{}; Hash64 interface{}; XOF
        interface{}
    """,
    "html/template": """
        CSS string; ErrorCode int; FuncMap map[string]any; HTML string; HTMLAttr string; JS
        string; JSStr string; Srcset string; URL string
    """,
    "image": """
        Alpha struct{Pix []uint8; Stride int; Rect Rectangle}; Alpha16 struct{Pix []uint8; Stride
        int; Rect Rectangle}; CMYK struct{Pix []uint8; Stride int; Rect Rectangle}; Config
        struct{ColorModel color.Model; Width, Height int}; Gray struct{Pix []uint8; Stride int;
        Rect Rectangle}; Gray16 struct{Pix []uint8; Stride int; Rect Rectangle}; Image
        interface{}; NRGBA struct{Pix []uint8; Stride int; Rect Rectangle}; NRGBA64 struct{Pix
        []uint8; Stride int; Rect Rectangle}; NYCbCrA struct{YCbCr; A []uint8; AStride int};
        Paletted struct{Pix []uint8; Stride int; Rect Rectangle; Palette color.Palette};
        PalettedImage interface{}; Point struct{X, Y int}; RGBA struct{Pix []uint8; Stride int;
        Rect Rectangle}; RGBA64 struct{Pix []uint8; Stride int; Rect Rectangle}; RGBA64Image
        interface{}; Rectangle struct{Min, Max Point}; YCbCr struct{Y, Cb, Cr []uint8; YStride
        int; CStride int; SubsampleRatio YCbCrSubsampleRatio; Rect Rectangle}; YCbCrSubsampleRatio
        int
    """,
    "image/color": """
        Alpha struct{A uint8}; Alpha16 struct{A uint16}; CMYK struct{C, M, Y, K uint8}; Color
        interface{}; Gray struct{Y uint8}; Gray16 struct{Y uint16}; Model interface{}; NRGBA
        struct{R, G, B, A uint8}; NRGBA64 struct{R, G, B, A uint16}; NYCbCrA struct{YCbCr; A
        uint8}; Palette []Color; RGBA struct{R, G, B, A uint8}; RGBA64 struct{R, G, B, A uint16};
        YCbCr struct{Y, Cb, Cr uint8}
    """,
    "io": """
        ByteReader interface{}; ByteScanner interface{}; ByteWriter interface{}; Closer
        interface{}; LimitedReader struct{R Reader; N int64}; ReadCloser interface{};
        ReadSeekCloser interface{}; ReadSeeker interface{}; ReadWriteCloser interface{};
        ReadWriteSeeker interface{}; ReadWriter interface{}; Reader interface{}; ReaderAt
        interface{}; ReaderFrom interface{}; RuneReader interface{}; RuneScanner interface{};
        Seeker interface{}; StringWriter interface{}; WriteCloser interface{}; WriteSeeker
        interface{}; Writer interface{}; WriterAt interface{}; WriterTo interface{}
    """,
    "io/fs": """
        DirEntry interface{}; FS interface{}; File interface{}; FileInfo interface{}; FileMode
        uint32; GlobFS interface{}; PathError struct{Op string; Path string; Err error}; ReadDirFS
        interface{}; ReadDirFile interface{}; ReadFileFS interface{}; ReadLinkFS interface{};
        StatFS interface{}; SubFS interface{}; WalkDirFunc func()
    """,
    "iter": """
        Seq[V any] func(); Seq2[K, V any] func()
    """,
    "log/slog": """
        Attr struct{Key string; Value Value}; Handler interface{}; HandlerOptions struct{AddSource
        bool; Level Leveler; ReplaceAttr func()}; Kind int; Level int; LevelVar struct{val
        atomic.Int64}; Leveler interface{}; LogValuer interface{}; Logger struct{handler Handler};
        Source struct{Function string; File string; Line int}; Value struct{_ [0]func(); num
        uint64; any any}
    """,
    "math/big": """
        Accuracy int8; Float struct{prec uint32; mode RoundingMode; acc Accuracy; form form; neg
        bool; mant nat; exp int32}; Int struct{neg bool; abs nat}; Rat struct{a, b Int};
        RoundingMode byte; Word uint; form byte; nat []Word
    """,
    "math/rand": """
        Source interface{}; Source64 interface{}
    """,
    "math/rand/v2": """
        Source interface{}
    """,
    "mime/multipart": """
        File interface{}; Form struct{Value map[string][]string; File map[string][]*FileHeader}
    """,
    "net": """
        Addr interface{}; AddrError struct{Err string; Addr string}; Buffers [][]byte; Conn
        interface{}; DNSConfigError struct{Err error}; Error interface{}; Flags uint; HardwareAddr
        []byte; IP []byte; IPAddr struct{IP IP; Zone string}; IPConn struct{conn}; IPMask []byte;
        IPNet struct{IP IP; Mask IPMask}; Interface struct{Index int; MTU int; Name string;
        HardwareAddr HardwareAddr; Flags Flags}; InvalidAddrError string; KeepAliveConfig
        struct{Enable bool; Idle time.Duration; Interval time.Duration; Count int}; Listener
        interface{}; MX struct{Host string; Pref uint16}; NS struct{Host string}; OpError
        struct{Op string; Net string; Source Addr; Addr Addr; Err error}; PacketConn interface{};
        ParseError struct{Type string; Text string}; SRV struct{Target string; Port uint16;
        Priority uint16; Weight uint16}; TCPAddr struct{IP IP; Port int; Zone string}; TCPConn
        struct{conn}; UDPAddr struct{IP IP; Port int; Zone string}; UDPConn struct{conn}; UnixAddr
        struct{Name string; Net string}; UnixConn struct{conn}; UnknownNetworkError string; conn
        struct{fd *netFD}
    """,
    "net/http": """
        Client struct{Transport RoundTripper; CheckRedirect func(); Jar CookieJar; Timeout
        time.Duration}; CloseNotifier interface{}; ConnState int; CookieJar interface{}; Dir
        string; File interface{}; FileSystem interface{}; Flusher interface{}; Handler
        interface{}; HandlerFunc func(); Header map[string][]string; Hijacker interface{};
        MaxBytesError struct{Limit int64}; ProtocolError struct{ErrorString string}; PushOptions
        struct{Method string; Header Header}; Pusher interface{}; Response struct{Status string;
        StatusCode int; Proto string; ProtoMajor int; ProtoMinor int; Header Header; Body
        io.ReadCloser; ContentLength int64; TransferEncoding []string; Close bool; Uncompressed
        bool; Trailer Header; Request *Request; TLS *tls.ConnectionState}; ResponseWriter
        interface{}; RoundTripper interface{}; SameSite int
    """,
    "net/textproto": """
        Error struct{Code int; Msg string}; MIMEHeader map[string][]string; ProtocolError string
    """,
    "net/url": """
        Error struct{Op string; URL string; Err error}; EscapeError string; InvalidHostError
        string; Values map[string][]string
    """,
    "os": """
        DirEntry = fs.DirEntry; File struct{*file}; FileInfo = fs.FileInfo; FileMode =
        fs.FileMode; LinkError struct{Op string; Old string; New string; Err error}; PathError =
        fs.PathError; Root struct{root *root}; Signal interface{}; SyscallError struct{Syscall
        string; Err error}
    """,
    "os/exec": """
        Error struct{Name string; Err error}
    """,
    "os/user": """
        Group struct{Gid string; Name string}; UnknownGroupError string; UnknownGroupIdError
        string; UnknownUserError string; UnknownUserIdError int; User struct{Uid string; Gid
        string; Username string; Name string; HomeDir string}
    """,
    "path/filepath": """
        WalkFunc func()
    """,
    "reflect": """
        ChanDir int; Kind uint; Method struct{Name string; PkgPath string; Type Type; Func Value;
        Index int}; SelectCase struct{Dir SelectDir; Chan Value; Send Value}; SelectDir int;
        SliceHeader struct{Data uintptr; Len int; Cap int}; StringHeader struct{Data uintptr; Len
        int}; StructField struct{Name string; PkgPath string; Type Type; Tag StructTag; Offset
        uintptr; Index []int; Anonymous bool}; StructTag string; Type interface{}; Value
        struct{typ_ *abi.Type; ptr unsafe.Pointer; flag}; ValueError struct{Method string; Kind
        Kind}; flag uintptr
    """,
    "runtime": """
        Error interface{}; Func struct{opaque struct{}}
    """,
    "sort": """
        Float64Slice []float64; IntSlice []int; Interface interface{}; StringSlice []string
    """,
    "strconv": """
        NumError struct{Func string; Num string; Err error}
    """,
    "strings": """
        Builder struct{addr *Builder; buf []byte}; Reader struct{s string; i int64; prevRune int}
    """,
    "sync": """
        Locker interface{}
    """,
    "sync/atomic": """
        Bool struct{_ noCopy; v uint32}; Int32 struct{_ noCopy; v int32}; Int64 struct{_ noCopy; _
        align64; v int64}; Uint32 struct{_ noCopy; v uint32}; Uint64 struct{_ noCopy; _ align64; v
        uint64}; Uintptr struct{_ noCopy; v uintptr}; Value struct{v any}; noCopy struct{};
        align64 struct{}; Pointer[T any] struct{_ [0]*T; _ noCopy; v unsafe.Pointer}
    """,
    "syscall": """
        Conn interface{}; Errno uintptr; RawConn interface{}; Signal int; Sockaddr interface{}
    """,
    "testing": """
        BenchmarkResult struct{N int; T time.Duration; Bytes int64; MemAllocs uint64; MemBytes
        uint64; Extra map[string]float64}; InternalTest struct{Name string; F func()}; TB
        interface{}
    """,
    "text/template": """
        ExecError struct{Name string; Err error}; FuncMap map[string]any
    """,
    "time": """
        Duration int64; Month int; ParseError struct{Layout string; Value string; LayoutElem
        string; ValueElem string; Message string}; Time struct{wall uint64; ext int64; loc
        *Location}; Weekday int
    """,
    "unique": """
        Handle[T comparable] struct{value *T}
    """,
}

# Import path: what stands between the parentheses of "const (…)"; they are lengths of arrays.
CONSTANTS: dict[str, str] = {
    "crypto/aes": "BlockSize = 16",
    "crypto/des": "BlockSize = 8",
    "crypto/ed25519": "PublicKeySize = 32; PrivateKeySize = 64; SignatureSize = 64; SeedSize = 32",
    "crypto/md5": "Size = 16; BlockSize = 64",
    "crypto/sha1": "Size = 20; BlockSize = 64",
    "crypto/sha256": "Size = 32; Size224 = 28; BlockSize = 64",
    "crypto/sha512": "Size = 64; Size224 = 28; Size256 = 32; Size384 = 48; BlockSize = 128",
    "encoding/binary": "MaxVarintLen16 = 3; MaxVarintLen32 = 5; MaxVarintLen64 = 10",
    "net": "IPv4len = 4; IPv6len = 16",
    "unicode/utf8": "UTFMax = 4",
}
